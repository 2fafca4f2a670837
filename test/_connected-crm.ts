import { type Amocrm, createAmocrm } from '../src/crm/amocrm/amocrm.ts'
import type { Pace } from '../src/crm/amocrm/api.ts'
import { longLivedToken } from '../src/crm/amocrm/long-lived-token.ts'
import { createTransport, transportLimits } from '../src/crm/amocrm/transport.ts'
import type { Sandbox } from './amocrm-sandbox/sandbox.ts'

export interface Connection {
  readonly account?: string
  readonly token?: string
  readonly now?: () => number
  readonly pace?: Pace
  /** How long an answer may take; for tests that wait until it is over. */
  readonly totalMs?: number
}

/** The real adapter on a sandbox: unpaced unless told otherwise. */
export function connectedCrm(sandbox: Pick<Sandbox, 'url' | 'token'>, connection: Connection = {}): Amocrm {
  const { account = sandbox.url, token = sandbox.token, now = Date.now, totalMs = transportLimits.totalMs } = connection
  return createAmocrm({
    tokens: longLivedToken({ account, token }),
    source: 'Callweave',
    country: 'RU',
    pace: connection.pace ?? { run: (_urgency, request) => request() },
    now,
    log: { warn: () => undefined },
    transport: createTransport({ ...transportLimits, totalMs }),
  })
}
