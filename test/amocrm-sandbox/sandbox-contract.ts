import type { OAuth } from './resources/oauth.ts'
import type { Played } from './resources/player.ts'
import type { AmoEvent, Popup, Unsorted } from './state/entities.ts'
import type { Hands } from './state/hands.ts'
import type * as views from './state/views.ts'
import type { Fault, FaultHandle } from './transport/faults.ts'
import type { WireAnswer, WireRequest } from './transport/http-server.ts'
import type { Latency } from './transport/latency.ts'
import type { RateLimit } from './transport/rate-limit.ts'
import type { RecordedRequest } from './transport/request-log.ts'
import type { Bearer } from './transport/tokens.ts'
import type { DispatcherOptions } from './webhooks/dispatcher.ts'
import type { WebhookHands } from './webhooks/webhook-hands.ts'

export interface SandboxOptions {
  /** Default: a free one. */
  readonly port?: number
  /** Epoch milliseconds. Who passes one calls `tick` after moving it: delays, late executions and retries wait for that. */
  readonly clock?: () => number
  /** How long text search and `/calls` do not know what was just written; default 3000. */
  readonly queryLagMs?: number
  readonly rateLimit?: Partial<RateLimit>
  /** How long answers take; default: none. */
  readonly latency?: Latency
  /** `/leads/complex` looks for duplicates; default false. */
  readonly duplicateControl?: boolean
  /** Status of a `/calls` batch in which some numbers are known and some are not; default 200. */
  readonly mixedCalls?: 200 | 400
  /** `documented`: a refresh token lives until its successor is used; default `strict`: until it is replaced. */
  readonly refreshRotation?: 'strict' | 'documented'
  /** Default `amocrm.ru`; Kommo differs in nothing else. */
  readonly baseDomain?: 'amocrm.ru' | 'kommo.com'
  readonly webhooks?: Partial<DispatcherOptions>
  /** How many requests are remembered; default 50 000. */
  readonly keepRequests?: number
  /** Fills the account before the sandbox is handed out. */
  readonly seed?: (hands: Hands) => void
}

/** amoCRM for tests: the account 'Acme' behind HTTP, and the hands and eyes of a person who sits in it. */
export interface Sandbox extends Hands, AsyncDisposable {
  /** `http://127.0.0.1:PORT`; the page for people is there, too. Another one after `renameAccount`. */
  readonly url: string
  /** The host all accounts share: it knows their present names. */
  readonly apiUrl: string
  /**
   * The same without a socket, for a virtual clock: what came over the wire and what goes back.
   * @param origin `url`, `apiUrl`, or an address it had before
   */
  exchange(origin: string, request: WireRequest): Promise<WireAnswer>
  /** Long-lived token of administrator 7000001. */
  readonly token: string
  /** Any user's; rights are the user's own, `admin: false` narrows them. */
  issueToken(bearer: Bearer): string
  revoke(token: string): void
  /** Client data, codes and pairs for the token endpoint, and what an administrator does to an integration. */
  readonly oauth: Omit<OAuth, 'routes'>
  /** What amoCRM's page gives a widget for its own server: signed with the integration's secret, good for half an hour. */
  disposableToken(user: { readonly id: number; readonly admin: boolean }, audience?: string): string
  /** Plays a recording's link as the feed's player does; only links that lead to this machine. */
  play(link: string): Promise<Played>
  /** Subscriptions, deliveries, and what befalls them. */
  readonly webhooks: WebhookHands
  /** The account moves to another host, which is returned; at the old one nobody is known any more. */
  renameAccount(subdomain: string): Promise<string>
  contacts(): readonly views.ClientView[]
  companies(): readonly views.ClientView[]
  leads(): readonly views.LeadView[]
  notes(): readonly views.NoteView[]
  callNotes(): readonly views.CallNoteView[]
  tasks(): readonly views.TaskView[]
  unsorted(): readonly Unsorted[]
  popups(): readonly Popup[]
  events(): readonly AmoEvent[]
  /** Every request to the API in order of arrival, also refused and unanswered ones. */
  requests(): readonly RecordedRequest[]
  clearRequests(): void
  fault(fault: Fault): FaultHandle
  clearFaults(): void
  /** A 403 on every path, from now on; milliseconds. */
  block(ms: number): void
  /** Ends a 403 block, as amoCRM's support would. */
  unblock(): void
  /** Somebody does something at an instant (epoch ms). */
  at(ms: number, move: () => void): void
  /** Runs delayed answers, late executions and retries that are due by the clock. */
  tick(): void
  /** Delayed answers, late executions and retries still to come. */
  pending(): number
  /** When the next of them is due, epoch ms: how far a virtual clock may jump. */
  nextDue(): number | undefined
}
