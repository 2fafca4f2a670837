import { pageAnswer } from './page/page.ts'
import { pageState } from './page/page-state.ts'
import { apiRoutes } from './resources/api-routes.ts'
import { disposableToken } from './resources/disposable-token.ts'
import { createOAuth } from './resources/oauth.ts'
import { play } from './resources/player.ts'
import type { Sandbox, SandboxOptions } from './sandbox-contract.ts'
import { createHands } from './state/hands.ts'
import { account } from './state/seed.ts'
import * as views from './state/views.ts'
import { createWorld } from './state/world.ts'
import { createDoors, type Door } from './transport/doors.ts'
import { createFaults } from './transport/faults.ts'
import { createFrontDoor } from './transport/front-door.ts'
import { createHttpServer, type WireAnswer, type WireRequest } from './transport/http-server.ts'
import { amocrmRateLimit, createRateLimiter } from './transport/rate-limit.ts'
import { createRequestLog } from './transport/request-log.ts'
import { createRouteTable } from './transport/route-table.ts'
import { createSchedule } from './transport/schedule.ts'
import { clientId, createTokens } from './transport/tokens.ts'
import { createDispatcher } from './webhooks/dispatcher.ts'
import { createSubscriptions } from './webhooks/subscriptions.ts'
import { webhookHands } from './webhooks/webhook-hands.ts'

export type { Sandbox, SandboxOptions } from './sandbox-contract.ts'

/** Starts a sandbox on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = options.clock ?? Date.now
  const baseDomain = options.baseDomain ?? 'amocrm.ru'
  const world = createWorld(now, options.queryLagMs ?? 3000)
  const hands = createHands(world)
  const addresses: { account: string; api: string } = { account: '', api: '' }
  const tokens = createTokens({ account: account.id, baseDomain, apiDomain: () => hostOf(addresses.api) }, now)
  const limiter = createRateLimiter({ ...amocrmRateLimit, ...options.rateLimit }, now)
  const faults = createFaults()
  const log = createRequestLog(options.keepRequests)
  const schedule = createSchedule(now, options.clock === undefined)
  const oauth = createOAuth(tokens, now, {
    strict: options.refreshRotation !== 'documented',
    account: world.account,
    baseDomain,
    host: () => hostOf(addresses.account),
  })
  const subscriptions = createSubscriptions(world)
  const dispatcher = createDispatcher(world, subscriptions, schedule, () => addresses.account, {
    delayMs: options.webhooks?.delayMs ?? 0,
    reach: options.webhooks?.reach ?? ((destination) => destination),
  })
  world.changes.onSettled(dispatcher.dispatch)
  const frontDoor = createFrontDoor({
    now,
    limiter,
    faults,
    log,
    tokens,
    schedule,
    doors: createDoors(world.account, baseDomain, (door) => addresses[door]),
    latency: options.latency,
    activeUser: (id) => world.users.find((user) => user.id === id && user.active),
    run: createRouteTable([
      ...oauth.routes,
      ...apiRoutes(world, subscriptions, {
        duplicateControl: options.duplicateControl ?? false,
        mixedCalls: options.mixedCalls ?? 200,
      }),
    ]),
  })
  const pages = () => pageState(world, log)
  const closing = new AsyncDisposableStack()
  const answering = new Map<string, (request: WireRequest) => Promise<WireAnswer>>()

  /** Another address to answer at; which door it is may change. */
  async function listen(door: () => Door, port: number): Promise<string> {
    const answer = async (request: WireRequest) =>
      (door() === 'account' ? pageAnswer(request, pages) : undefined) ?? frontDoor(request, door())
    const server = createHttpServer(answer, now)
    closing.defer(() => server.close())
    const address = `http://127.0.0.1:${await server.listen(port)}`
    answering.set(address, answer)
    return address
  }

  async function listenAsAccount(port: number): Promise<string> {
    let own = ''
    own = await listen(() => (own === addresses.account ? 'account' : 'left'), port)
    return own
  }

  options.seed?.(hands)
  addresses.account = await listenAsAccount(options.port ?? 0)
  addresses.api = await listen(() => 'api', 0)
  closing.defer(() => {
    schedule.close()
    dispatcher.close()
  })

  return {
    ...hands,
    get url() {
      return addresses.account
    },
    get apiUrl() {
      return addresses.api
    },
    exchange(origin, request) {
      const answer = answering.get(origin)
      if (answer === undefined) throw new Error(`nobody answers at ${origin}`)
      return answer(request)
    },
    token: tokens.issue({ user: 7000001, admin: true, integration: clientId }),
    issueToken: tokens.issue,
    revoke: tokens.revoke,
    oauth,
    disposableToken: (user, audience) =>
      disposableToken({ user, audience, account: world.account, baseDomain, oauth: oauth.client, now: now() }),
    play: (link) => play(link, options.webhooks?.reach),
    webhooks: webhookHands(subscriptions, dispatcher),
    async renameAccount(subdomain) {
      addresses.account = await listenAsAccount(0)
      world.account.subdomain = subdomain
      return addresses.account
    },
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
    block: limiter.block,
    unblock: limiter.unblock,
    at: (ms, move) => void schedule.after(Math.max(0, ms - now()), move),
    tick: schedule.run,
    pending: schedule.pending,
    nextDue: schedule.nextDue,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function hostOf(address: string): string {
  return URL.parse(address)?.host ?? ''
}
