import { pageAnswer } from './page/page.ts'
import { pageState } from './page/page-state.ts'
import { accountRoutes } from './resources/account.ts'
import { callRoutes } from './resources/calls.ts'
import { companyRoutes } from './resources/companies.ts'
import { contactRoutes } from './resources/contacts.ts'
import { customFieldRoutes } from './resources/custom-fields.ts'
import { eventRoutes } from './resources/events.ts'
import { leadRoutes } from './resources/leads.ts'
import { complexLeadRoutes } from './resources/leads-complex.ts'
import { linkRoutes } from './resources/links.ts'
import { noteRoutes } from './resources/notes.ts'
import { createOAuth, type OAuth } from './resources/oauth.ts'
import { pipelineRoutes } from './resources/pipelines.ts'
import { popupRoutes } from './resources/popups.ts'
import { taskRoutes } from './resources/tasks.ts'
import { unsortedRoutes } from './resources/unsorted.ts'
import { userRoutes } from './resources/users.ts'
import type { AmoEvent, Popup, Unsorted } from './state/entities.ts'
import { createHands, type Hands } from './state/hands.ts'
import { account } from './state/seed.ts'
import * as views from './state/views.ts'
import { createWorld } from './state/world.ts'
import { createFaults, type Fault, type FaultHandle } from './transport/faults.ts'
import { createFrontDoor } from './transport/front-door.ts'
import { createHttpServer } from './transport/http-server.ts'
import { amocrmRateLimit, createRateLimiter, type RateLimit } from './transport/rate-limit.ts'
import { createRequestLog, type RecordedRequest } from './transport/request-log.ts'
import { createRouteTable } from './transport/route-table.ts'
import { createSchedule } from './transport/schedule.ts'
import { createTokens } from './transport/tokens.ts'

export interface SandboxOptions {
  /** Default: a free one. */
  readonly port?: number
  /** Epoch milliseconds. Who passes one calls `tick` after moving it: delays and late executions wait for that. */
  readonly clock?: () => number
  /** How long text search and `/calls` do not know what was just written; default 3000. */
  readonly queryLagMs?: number
  readonly rateLimit?: Partial<RateLimit>
  /** `/leads/complex` looks for duplicates; default false. */
  readonly duplicateControl?: boolean
  /** `documented`: a refresh token lives until its successor is used; default `strict`: until it is replaced. */
  readonly refreshRotation?: 'strict' | 'documented'
  /** Fills the account before the sandbox is handed out. */
  readonly seed?: (hands: Hands) => void
}

/** amoCRM for tests: the account 'Acme' behind HTTP, and the hands and eyes of a person who sits in it. */
export interface Sandbox extends Hands, AsyncDisposable {
  /** `http://127.0.0.1:PORT`; the page for people is there, too. */
  readonly url: string
  /** Long-lived token of administrator 7000001. */
  readonly token: string
  issueToken(bearer: { readonly user: number; readonly admin: boolean }): string
  revoke(token: string): void
  /** Client data and authorization codes for the token endpoint. */
  readonly oauth: Pick<OAuth, 'client' | 'issueCode'>
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
  /** Ends a 403 block, as amoCRM's support would. */
  unblock(): void
  /** Runs delayed answers and late executions that are due by the clock. */
  tick(): void
  /** Delayed answers and late executions still to come. */
  pending(): number
}

/** Starts a sandbox on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = options.clock ?? Date.now
  const world = createWorld(now, options.queryLagMs ?? 3000)
  const hands = createHands(world)
  const tokens = createTokens(account, now)
  const limiter = createRateLimiter({ ...amocrmRateLimit, ...options.rateLimit }, now)
  const faults = createFaults()
  const log = createRequestLog()
  const schedule = createSchedule(now, options.clock === undefined)
  const oauth = createOAuth(tokens, now, options.refreshRotation !== 'documented')
  const run = createRouteTable([
    ...oauth.routes,
    ...accountRoutes(),
    ...customFieldRoutes(world),
    ...complexLeadRoutes(world, options.duplicateControl ?? false),
    ...userRoutes(world),
    ...pipelineRoutes(world),
    ...contactRoutes(world),
    ...companyRoutes(world),
    ...noteRoutes(world),
    ...taskRoutes(world),
    ...unsortedRoutes(world),
    ...popupRoutes(world),
    ...linkRoutes(world),
    ...leadRoutes(world),
    ...eventRoutes(world),
    ...callRoutes(world),
  ])
  let url = ''
  const frontDoor = createFrontDoor({
    now,
    limiter,
    faults,
    log,
    tokens,
    schedule,
    base: () => url,
    activeUser: world.activeUser,
    run,
  })
  const pages = () => pageState(world, log)
  const server = createHttpServer(async (request) => pageAnswer(request, pages) ?? frontDoor(request), now)
  options.seed?.(hands)
  url = `http://127.0.0.1:${await server.listen(options.port ?? 0)}`

  return {
    ...hands,
    url,
    token: tokens.issue({ user: 7000001, admin: true }),
    issueToken: tokens.issue,
    revoke: tokens.revoke,
    oauth,
    contacts: () => views.clientViews(world, 'contacts'),
    companies: () => views.clientViews(world, 'companies'),
    leads: () => views.leadViews(world),
    notes: () => views.noteViews(world),
    callNotes: () => views.callNoteViews(world),
    tasks: () => views.taskViews(world),
    unsorted: () => [...world.unsorted.values()].map((entry) => ({ ...entry })),
    popups: () => [...world.popups],
    events: () => [...world.events],
    requests: log.all,
    clearRequests: log.clear,
    fault: faults.add,
    clearFaults: faults.clear,
    unblock: limiter.unblock,
    tick: schedule.run,
    pending: schedule.pending,
    async [Symbol.asyncDispose]() {
      schedule.close()
      await server.close()
    },
  }
}
