import {
  type Answer,
  badGateway,
  blocked,
  gatewayTimeout,
  notFound,
  Refused,
  serverError,
  throttled,
  unauthorized,
  unpaid,
} from './answer.ts'
import { parseBracketQuery } from './bracket-query.ts'
import type { Door, Doors } from './doors.ts'
import type { Execution, FaultAction, Faults } from './faults.ts'
import type { WireAnswer, WireRequest } from './http-server.ts'
import { type Latency, latencyOf } from './latency.ts'
import type { RateLimiter } from './rate-limit.ts'
import { maskedBody, maskedHeaders, type OpenRecord, type RequestLog } from './request-log.ts'
import type { ApiRequest } from './route-table.ts'
import type { Schedule } from './schedule.ts'
import { type Bearer, clientId, type Tokens } from './tokens.ts'

export interface FrontDoorDeps {
  readonly now: () => number
  readonly limiter: RateLimiter
  readonly faults: Faults
  readonly log: RequestLog
  readonly tokens: Tokens
  readonly schedule: Schedule
  readonly doors: Doors
  readonly latency: Latency | undefined
  /** Undefined when the id is nobody's or its user was dismissed. */
  readonly activeUser: (id: number) => { readonly admin: boolean } | undefined
  readonly run: (request: Omit<ApiRequest, 'params'>) => Answer
}

/** Host → limiter → injected fault → authorisation → resource, with a record of everything. */
export function createFrontDoor(deps: FrontDoorDeps): (request: WireRequest, door: Door) => Promise<WireAnswer> {
  return async (wire, door) => {
    deps.schedule.run()
    const json = parseOrUndefined(wire.body)
    const record = deps.log.open({
      at: deps.now(),
      method: wire.method,
      path: wire.path,
      query: wire.rawQuery,
      headers: maskedHeaders(wire.headers),
      body: maskedBody(wire.path, wire.body),
      json: wire.path.startsWith('/oauth2/') ? undefined : json,
    })
    const base = deps.doors.baseOf(door, wire.headers.host, wire.path)
    const answer = base === undefined ? notFound : await answerTo(deps, { ...wire, door, base }, record, json)
    if (typeof answer !== 'string') record.status = 'cutShort' in answer ? answer.cutShort.status : answer.status
    return answer
  }
}

interface Arrived extends WireRequest {
  readonly door: Door
  readonly base: string
}

async function answerTo(deps: FrontDoorDeps, wire: Arrived, record: OpenRecord, json: unknown): Promise<WireAnswer> {
  const token = bearerOf(wire)
  const verdict = deps.limiter.admit(callerOf(deps, wire, token))
  if (verdict === 'blocked') return blocked
  if (verdict === 'throttled') return throttled
  const fault = deps.faults.take({ method: wire.method, path: wire.path, json, at: deps.now() })
  const execute = () => executed(deps, wire, token, record)
  if (fault !== undefined) {
    record.fault = fault
    return faulty(deps, fault, token, execute)
  }
  const answer = execute()
  if (deps.latency !== undefined) await deps.schedule.wait(latencyOf(deps.latency, json, answer))
  return answer
}

/** Tokens of one integration are one caller, and so is who asks for them. */
function callerOf(deps: FrontDoorDeps, wire: WireRequest, token: string | undefined): string {
  if (isOpen(wire.path)) return clientId
  return token === undefined ? 'anonymous' : deps.tokens.owner(token)
}

function isOpen(path: string): boolean {
  return path === '/oauth' || path.startsWith('/oauth2/')
}

async function faulty(
  deps: FrontDoorDeps,
  fault: FaultAction,
  token: string | undefined,
  execute: () => Answer,
): Promise<WireAnswer> {
  const work = (execution: Execution | undefined) => {
    if (execution === 'executed') execute()
    else if (typeof execution === 'object') deps.schedule.after(execution.executedAfterMs, execute)
  }
  switch (fault.kind) {
    case 'delay':
      await deps.schedule.wait(fault.ms)
      return execute()
    case 'throttled':
      return throttled
    case 'server-error':
      work(fault.execution)
      return serverError
    case 'gateway-timeout':
      work(fault.execution)
      if (fault.delayMs !== undefined) await deps.schedule.wait(fault.delayMs)
      return gatewayTimeout
    case 'reset':
      work(fault.execution)
      if (fault.delayMs !== undefined) await deps.schedule.wait(fault.delayMs)
      return 'reset'
    case 'bad-gateway':
      work(fault.execution)
      return badGateway
    case 'hang':
      work(fault.execution)
      return 'hang'
    case 'malformed':
      return cutShort(execute())
    case 'truncated':
      return { cutShort: execute() }
    case 'unpaid':
      return unpaid
    case 'unauthorized':
      if (fault.forever === true && token !== undefined) deps.tokens.revoke(token)
      return unauthorized
    case 'blocked':
      if (fault.ms !== undefined) deps.limiter.block(fault.ms)
      return blocked
    default:
      return unreachable(fault)
  }
}

function cutShort(answer: Answer): Answer {
  return answer.body === undefined ? answer : { ...answer, body: answer.body.slice(0, answer.body.length / 2) }
}

/** Authorises and carries out; a refusal has stored nothing. */
function executed(deps: FrontDoorDeps, wire: Arrived, token: string | undefined, record: OpenRecord): Answer {
  const bearer = token === undefined ? undefined : deps.tokens.find(token)
  const runner = bearer === undefined ? undefined : runnerOf(deps, wire, bearer)
  if (!isOpen(wire.path) && runner === undefined) return unauthorized
  try {
    const answer = deps.run({
      method: wire.method,
      path: wire.path,
      query: parseBracketQuery(wire.rawQuery),
      rawQuery: wire.rawQuery,
      headers: wire.headers,
      door: wire.door,
      contentType: wire.headers['content-type'] ?? '',
      body: wire.body,
      user: runner?.user ?? 0,
      admin: runner?.admin ?? false,
      base: wire.base,
    })
    record.executed = answer.status < 400
    return answer
  } catch (error) {
    if (error instanceof Refused) return error.answer
    throw error
  }
}

/**
 * Whose rights the request runs with. A removed user's tokens die with the user (reference amocrm.md 1.3); an administrator's
 * may act as somebody else (reference amocrm.md 0).
 */
function runnerOf(
  deps: FrontDoorDeps,
  wire: WireRequest,
  bearer: Bearer,
): { readonly user: number; readonly admin: boolean } | undefined {
  const owner = deps.activeUser(bearer.user)
  if (owner === undefined) return undefined
  const admin = bearer.admin && owner.admin
  const other = wire.headers['x-context-user-id']
  if (other === undefined) return { user: bearer.user, admin }
  const context = Number(other)
  const user = deps.activeUser(context)
  return admin && user !== undefined ? { user: context, admin: user.admin } : undefined
}

function bearerOf(wire: WireRequest): string | undefined {
  return /^Bearer (\S+)$/.exec(wire.headers.authorization ?? '')?.[1]
}

function parseOrUndefined(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function unreachable(value: never): never {
  throw new Error(`unknown fault ${JSON.stringify(value)}`)
}
