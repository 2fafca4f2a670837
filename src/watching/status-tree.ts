import type { Findings, Parts } from './parts.ts'

/** What is wrong at this moment, for people and machines. */
export interface ActiveAlert {
  readonly kind: string
  readonly severity: 'warning' | 'error'
  /** Epoch milliseconds. */
  readonly since: number
  readonly text: string
}

export interface Watched {
  readonly parts: Parts
  readonly findings: Findings
  readonly alerts: readonly ActiveAlert[]
  /** By kind, within the last hour. */
  readonly errors: Readonly<Record<string, number>>
  /** Epoch milliseconds. */
  readonly now: number
}

/** The tree of `/status`: what the parts say as it is, what watching found, and the fields other connectors' monitoring reads (reference features.md 2.1). */
export function statusTree(watched: Watched): Readonly<Record<string, unknown>> {
  const { parts, findings, alerts, errors } = watched
  return {
    app_status: appStatus(alerts),
    app_state: appState(parts),
    app: appFields(watched),
    ...parts,
    alerts,
    errors: { lastHour: errors },
    registered: { ...findings.registered, share: successShare(findings.registered) },
    disks: findings.disks,
    ...(findings.certificateEndsAt !== undefined && { certificate: { endsAt: findings.certificateEndsAt } }),
    ...(findings.testCall && { testCall: findings.testCall }),
  }
}

/** Of calls that should be in the CRM, how many are: 0 to 1; 1 where there were none. */
export function successShare({ calls, done }: Findings['registered']): number {
  return calls === 0 ? 1 : done / calls
}

function appStatus(alerts: readonly ActiveAlert[]): 'Ok' | 'Warning' | 'Error' {
  if (alerts.some(({ severity }) => severity === 'error')) return 'Error'
  return alerts.length > 0 ? 'Warning' : 'Ok'
}

/** Empty: it works. `stopped`: a person must do something before it does. `restarting`: it is not connected yet. */
function appState({ mode, asterisk, crm }: Parts): '' | 'stopped' | 'restarting' {
  if (mode === 'off' || crm.needsPerson !== undefined || asterisk.state === 'standing-by') return 'stopped'
  return asterisk.state === 'connecting' ? 'restarting' : ''
}

function appFields({ parts }: Watched) {
  const { mode, asterisk, calls, reconciliation, crm, outbox, staff, hooks } = parts
  const { waiting, sending, unproven } = outbox.counts
  const crmOn = mode === 'on' && crm.needsPerson === undefined && outbox.paused === undefined
  const { readAt } = staff.users
  return {
    c2c: { connected: asterisk.state === 'up', on: mode !== 'off', portal: crm.host, url: '/crm/click-to-call' },
    calls_queue: { calls: reconciliation.waiting },
    calls_storage: { calls: calls.live },
    crm: {
      host: crm.host,
      on: crmOn,
      manager: {
        on: crmOn,
        batch_queue: waiting + sending + unproven,
        connector: { on: crmOn, portal: crm.host },
      },
      users_cache: {
        last_updated: readAt === undefined ? '' : new Date(readAt).toISOString(),
        phones: staff.people,
        users: staff.users.known,
      },
    },
    crm_type: 'amocrm',
    customizer: {
      enabled: Object.values(hooks).some(({ on }) => on),
      methods: Object.fromEntries(Object.entries(hooks).map(([point, { on }]) => [point, on])),
    },
  }
}
