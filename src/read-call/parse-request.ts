import { MOMENT_FORMS, momentOf } from './moment.ts'
import type { ReadCallRequest } from './request.ts'
import { WrongRequest } from './wrong-request.ts'

/** Parameters by name, as an address, a form or JSON had them. */
export type Parameters = ReadonlyMap<string, readonly string[]>

export interface ParsedRequest {
  readonly request: ReadCallRequest
  /** Asked to be a job whatever its length. */
  readonly asJob: boolean
}

const KNOWN = ['id', 'start_date', 'end_date', 'dry', 'effects', 'compare', 'job']
const EXAMPLES =
  'for example ?id=1795164754.2, ?start_date=2026-11-20, or ?start_date=2026-11-20%2009:00:00&end_date=2026-11-20%2018:00:00'
/** Longer lists are better asked for as a period. */
const MOST_IDS = 100_000
/** Asterisk's ids have at most 150 characters. */
const LONGEST_ID = 160

/**
 * What the parameters of `/pbx/read_call` mean.
 * @param timeZone of dates that tell none
 * @param now epoch milliseconds
 * @throws WrongRequest with the cure and an example
 */
export function parseRequest(parameters: Parameters, timeZone: string, now: number): ParsedRequest {
  // A misspelt "dry" must not change anything.
  for (const name of parameters.keys())
    if (!KNOWN.includes(name)) wrong(`There is no parameter "${name.slice(0, 60)}"; there are ${KNOWN.join(', ')}.`)
  const one = (name: string) => only(name, parameters)
  return {
    request: {
      asked: askedOf(parameters, timeZone, now),
      dry: flag('dry', one('dry')),
      effects: choice('effects', one('effects'), ['quiet', 'all']),
      compare: choice('compare', one('compare'), ['outbox', 'crm']) === 'crm',
    },
    asJob: flag('job', one('job')),
  }
}

function askedOf(parameters: Parameters, timeZone: string, now: number): ReadCallRequest['asked'] {
  const [start, end] = [only('start_date', parameters), only('end_date', parameters)]
  const ids = idsOf(parameters.get('id') ?? [])
  if (ids.length > 0) {
    if (start !== undefined || end !== undefined) wrong('Ask either for ids or for a period, not for both.')
    return { kind: 'ids', ids }
  }
  if (start === undefined) wrong(`Say which calls: an id or a start_date, ${EXAMPLES}.`)
  const from = moment('start_date', start, timeZone).from
  if (from > now) wrong('start_date lies in the future: nothing has happened there yet.')
  if (end === undefined) return { kind: 'period', from }
  const to = moment('end_date', end, timeZone).to
  if (to < from) wrong('end_date lies before start_date.')
  return { kind: 'period', from, to: Math.min(to, now) }
}

function idsOf(texts: readonly string[]): readonly string[] {
  const ids = [...new Set(texts.flatMap((text) => text.split(/[,;\s]+/)).filter((id) => id !== ''))]
  if (ids.length > MOST_IDS)
    throw new WrongRequest(`At most ${MOST_IDS} ids at once: send them in several requests, or ask for a period.`, 413)
  const odd = ids.find((id) => id.length > LONGEST_ID || !/^[\x21-\x7e]+$/.test(id))
  if (odd !== undefined) wrong(`"${odd.slice(0, 60)}" is no id of a call; one looks like 1795164754.2.`)
  return ids
}

function moment(name: string, text: string, timeZone: string) {
  const found = momentOf(text.trim(), timeZone)
  if (!found) wrong(`${name} "${text.slice(0, 60)}" is no date; write ${MOMENT_FORMS}.`)
  return found
}

function only(name: string, parameters: Parameters): string | undefined {
  const [value, ...more] = new Set(parameters.get(name))
  if (more.length > 0) wrong(`"${name}" is given more than once.`)
  return value === '' ? undefined : value
}

function flag(name: string, text: string | undefined): boolean {
  if (text === undefined || /^(0|no|false|off)$/i.test(text)) return false
  if (/^(1|yes|true|on)$/i.test(text)) return true
  return wrong(`"${name}" is 1 or 0.`)
}

function choice<const Value extends string>(name: string, text: string | undefined, values: readonly [Value, Value]) {
  const found = text === undefined ? values[0] : values.find((value) => value === text)
  return found ?? wrong(`"${name}" is one of ${values.join(', ')}.`)
}

function wrong(message: string): never {
  throw new WrongRequest(message)
}
