import type { Gauge } from 'prom-client'
import { successShare, type Watched } from './status-tree.ts'

type Make = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => Gauge<Label>

/** Gauges of what stands at the moment somebody asks: they cost nothing until then. */
export function partMetrics(make: Make): (watched: Watched) => void {
  const plain = Object.entries(readings).map(([name, { help, read }]) => ({ gauge: make(name, help, []), read }))
  const jobs = make('outbox_jobs', 'Writes to the CRM, by state.', ['state'])
  const link = make('ari_link', 'State of the link to Asterisk: 1 for the one it is in.', ['state'])
  const alerts = make('alert_active', 'What is wrong at this moment.', ['kind'])
  const free = make('disk_free_bytes', 'Free space where the state and the cache of recordings lie.', ['holds'])
  const hour = make('errors_last_hour', 'What went wrong within the last hour, by kind.', ['kind'])
  const recordings = make('recordings', 'Recordings: what is under way, what was served and refused.', ['what'])
  const hookRuns = make('hook_runs', 'Runs of the customer’s scripts since the start.', ['point'])
  const hookFailures = make('hook_failures', 'How many of them failed.', ['point'])
  const info = make('info', 'Version and mode of the service.', ['version', 'mode'])

  return (watched) => {
    const { parts, findings } = watched
    for (const { gauge, read } of plain) {
      const value = read(watched)
      if (value === undefined) gauge.remove()
      else gauge.set(value)
    }
    for (const [state, count] of Object.entries(parts.outbox.counts)) jobs.set({ state }, count)
    for (const state of LINK_STATES) link.set({ state }, parts.asterisk.state === state ? 1 : 0)
    anew(
      alerts,
      watched.alerts.map(({ kind }) => [{ kind }, 1]),
    )
    anew(
      free,
      findings.disks.map(({ holds, freeBytes }) => [{ holds }, freeBytes]),
    )
    anew(
      hour,
      Object.entries(watched.errors).map(([kind, count]) => [{ kind }, count]),
    )
    anew(
      recordings,
      numbersOf(parts.recordings).map(([what, value]) => [{ what }, value]),
    )
    anew(
      hookRuns,
      Object.entries(parts.hooks).map(([point, { runs }]) => [{ point }, runs]),
    )
    anew(
      hookFailures,
      Object.entries(parts.hooks).map(([point, { failures }]) => [{ point }, failures]),
    )
    anew(info, [[{ version: parts.version, mode: parts.mode }, 1]])
  }
}

const LINK_STATES = ['connecting', 'up', 'down', 'standing-by'] as const

interface Reading {
  readonly help: string
  /** undefined: there is nothing to tell. */
  readonly read: (watched: Watched) => number | undefined
}

const readings: Readonly<Record<string, Reading>> = {
  up_seconds: { help: 'Seconds since the service was started.', read: ({ parts }) => parts.upSeconds },
  calls_live: { help: 'Calls under way.', read: ({ parts }) => parts.calls.live },
  noise_calls: {
    help: 'Calls of scanners and others that are nobody’s, since the start.',
    read: ({ parts }) => parts.calls.noise,
  },
  ari_events_heard: { help: 'Messages of Asterisk, since the start.', read: ({ parts }) => parts.asterisk.eventsSeen },
  ari_events_dropped: {
    help: 'Messages of Asterisk that could not be read, since the start.',
    read: ({ parts }) => parts.asterisk.eventsDropped,
  },
  ari_reconnects: {
    help: 'Links to Asterisk after the first, since the start.',
    read: ({ parts }) => parts.asterisk.reconnects,
  },
  reconciliation_waiting: {
    help: 'Calls that wait to be told by CEL.',
    read: ({ parts }) => parts.reconciliation.waiting,
  },
  card_browsers: { help: 'Browsers that show cards.', read: ({ parts }) => parts.cards.browsers },
  outbox_oldest_seconds: {
    help: 'Age of the oldest write that is neither done nor given up; 0: none waits.',
    read: ({ parts, now }) => (parts.outbox.oldestOpenAt === undefined ? 0 : (now - parts.outbox.oldestOpenAt) / 1000),
  },
  outbox_batches: { help: 'Batches under way to the CRM.', read: ({ parts }) => parts.outbox.underWay },
  crm_paused: { help: '1 while the account rests.', read: ({ parts }) => (parts.outbox.paused ? 1 : 0) },
  crm_needs_person: {
    help: '1 when the CRM lets nobody in until a person does something.',
    read: ({ parts }) => (parts.crm.needsPerson === undefined ? 0 : 1),
  },
  contact_index_clients: {
    help: 'Contacts and companies in the local index.',
    read: ({ parts }) => parts.contactIndex.clients,
  },
  contact_index_complete: {
    help: '1 after the first fill.',
    read: ({ parts }) => (parts.contactIndex.complete ? 1 : 0),
  },
  contact_index_age_seconds: {
    help: 'How far the index is behind the CRM.',
    read: ({ parts, now }) =>
      parts.contactIndex.cursor === undefined ? undefined : Math.max(0, now - parts.contactIndex.cursor) / 1000,
  },
  calls_due: {
    help: 'Calls of the last hour, five minutes old or older, that belong into the CRM.',
    read: ({ findings }) => findings.registered.calls,
  },
  calls_registered: { help: 'How many of them are there.', read: ({ findings }) => findings.registered.done },
  success_ratio: { help: 'Share of them, 0 to 1.', read: ({ findings }) => successShare(findings.registered) },
  certificate_ends_timestamp_seconds: {
    help: 'When the certificate ends.',
    read: ({ findings }) => seconds(findings.certificateEndsAt),
  },
  test_call_ok: {
    help: '1 when the last synthetic call went well.',
    read: ({ findings }) => ok(findings.testCall?.ok),
  },
  test_call_timestamp_seconds: { help: 'When it was made.', read: ({ findings }) => seconds(findings.testCall?.at) },
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}

function ok(is: boolean | undefined): number | undefined {
  return is === undefined ? undefined : Number(is)
}

/** Only what a part says in numbers; a part may say more tomorrow. */
function numbersOf(tree: Readonly<Record<string, unknown>>): readonly (readonly [string, number])[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'number' ? [[key, value] as const] : []))
}

function anew<Label extends string>(
  gauge: Gauge<Label>,
  values: readonly (readonly [Partial<Record<Label, string | number>>, number])[],
): void {
  gauge.reset()
  for (const [labels, value] of values) gauge.set(labels, value)
}
