import {
  type Answer,
  blocked,
  gatewayTimeout,
  Refused,
  serverError,
  throttled,
  unauthorized,
  unpaid,
} from './answer.ts'
import { parseBracketQuery } from './bracket-query.ts'
import type { Execution, FaultAction, Faults } from './faults.ts'
import type { WireAnswer, WireRequest } from './http-server.ts'
import type { RateLimiter } from './rate-limit.ts'
import { maskedBody, maskedHeaders, type OpenRecord, type RequestLog } from './request-log.ts'
import type { ApiRequest } from './route-table.ts'
import type { Schedule } from './schedule.ts'
import type { Tokens } from './tokens.ts'

export interface FrontDoorDeps {
  readonly now: () => number
  readonly limiter: RateLimiter
  readonly faults: Faults
  readonly log: RequestLog
  readonly tokens: Tokens
  readonly schedule: Schedule
  readonly base: () => string
  readonly activeUser: (id: number) => boolean
  readonly run: (request: Omit<ApiRequest, 'params'>) => Answer
}

/** Limiter → injected fault → authorisation → resource, with a record of everything. */
export function createFrontDoor(deps: FrontDoorDeps): (request: WireRequest) => Promise<WireAnswer> {
  return async (wire) => {
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
    const answer = await answerTo(deps, wire, record, json)
    if (typeof answer !== 'string') record.status = answer.status
    return answer
  }
}

async function answerTo(
  deps: FrontDoorDeps,
  wire: WireRequest,
  record: OpenRecord,
  json: unknown,
): Promise<WireAnswer> {
  const token = bearerOf(wire)
  const verdict = deps.limiter.admit(token ?? 'anonymous')
  if (verdict === 'blocked') return blocked
  if (verdict === 'throttled') return throttled
  const fault = deps.faults.take({ method: wire.method, path: wire.path, json })
  const execute = () => executed(deps, wire, token, record)
  if (fault === undefined) return execute()
  record.fault = fault
  return faulty(deps, fault, token, execute)
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
    case 'hang':
      work(fault.execution)
      return 'hang'
    case 'malformed':
      return cutShort(execute())
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
function executed(deps: FrontDoorDeps, wire: WireRequest, token: string | undefined, record: OpenRecord): Answer {
  const open = wire.path.startsWith('/oauth2/')
  const bearer = token === undefined ? undefined : deps.tokens.find(token)
  // A removed user's tokens die with the user (reference amocrm.md 1.3).
  if (!open && (bearer === undefined || !deps.activeUser(bearer.user))) return unauthorized
  try {
    const answer = deps.run({
      method: wire.method,
      path: wire.path,
      query: parseBracketQuery(wire.rawQuery),
      rawQuery: wire.rawQuery,
      contentType: wire.headers['content-type'] ?? '',
      body: wire.body,
      user: bearer?.user ?? 0,
      admin: bearer?.admin ?? false,
      base: deps.base(),
    })
    record.executed = answer.status < 400
    return answer
  } catch (error) {
    if (error instanceof Refused) return error.answer
    throw error
  }
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
