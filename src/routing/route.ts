import { chooseClient } from '../crm/choose-client.ts'
import type { IndexedClient } from '../store/ports.ts'

/** How one line is served. */
export interface LineRule {
  readonly mode: 'off' | 'watch' | 'on'
  readonly routing: 'default' | 'responsible'
  readonly ringSeconds: number
  /** How long the dialplan waits for the answer; what would come later is not worth sending. */
  readonly decisionSeconds: number
}

export interface RouteFacts {
  readonly line: LineRule
  /** Everybody who owns the number in the CRM, oldest first. */
  readonly clients: readonly IndexedClient[]
  /** Somebody may be rung: it is within the line's hours. */
  readonly open: boolean
  /** False while the contact index is being filled for the first time: absence proves nothing. */
  readonly indexComplete: boolean
  /** The extension a CRM user may be rung at, if any. */
  readonly extensionOf: (user: number) => string | undefined
}

/** Where a call goes, and why: the reason is logged, so that nobody has to guess. */
export type Route =
  | { readonly kind: 'default'; readonly why: RouteReason; readonly callerName?: string }
  | {
      readonly kind: 'ring'
      readonly why: 'responsible'
      readonly extension: string
      readonly seconds: number
      readonly callerName: string
    }

export type RouteReason =
  | 'line-not-on'
  | 'index-not-complete'
  | 'unknown-client'
  | 'line-keeps-default-route'
  | 'outside-hours'
  | 'owner-has-no-extension'

/** The answer to one inbound call. Pure. */
export function chooseRoute({ line, clients, open, indexComplete, extensionOf }: RouteFacts): Route {
  if (line.mode !== 'on') return { kind: 'default', why: 'line-not-on' }
  const client = chooseClient(clients)
  if (!client) return { kind: 'default', why: indexComplete ? 'unknown-client' : 'index-not-complete' }
  const callerName = client.name
  if (line.routing === 'default') return { kind: 'default', why: 'line-keeps-default-route', callerName }
  if (!open) return { kind: 'default', why: 'outside-hours', callerName }
  const extension = extensionOf(client.owner)
  if (extension === undefined) return { kind: 'default', why: 'owner-has-no-extension', callerName }
  return { kind: 'ring', why: 'responsible', extension, seconds: line.ringSeconds, callerName }
}
