import type { TemplateValues } from '../../templates/template.ts'
import type { CallFacts } from '../call-facts.ts'

export interface ValuesOptions {
  readonly lineName: string
  readonly timeZone: string | undefined
  /** Name of a person, else the extension. */
  readonly nameOf: (extension: string) => string
  /** How often the client has called since somebody talked to them. */
  readonly count?: number
  /** What the manager wrote down about the call. */
  readonly result?: string | undefined
}

/** What templates can say about a call; what there is nothing to say about is empty. */
export function templateValues(
  call: CallFacts,
  { lineName, timeZone, nameOf, count = 1, result = '' }: ValuesOptions,
): TemplateValues {
  const [date = '', time = ''] = wallClock(call.startedAt, timeZone)
  const decisive = call.talked.at(-1)?.extension ?? call.rang.at(-1)
  const people = call.talked.length > 0 ? call.talked.map(({ extension }) => extension) : call.rang
  return {
    phone: call.phone,
    line: call.line,
    lineName,
    wait: call.waitSeconds > 0 ? String(Math.round(call.waitSeconds)) : '',
    talk: call.talkSeconds > 0 ? String(call.talkSeconds) : '',
    person: decisive === undefined ? '' : nameOf(decisive),
    people: people.map(nameOf).join(', '),
    transfers: call.transfers.map(({ from, to }) => `${nameOf(from)} → ${nameOf(to)}`).join(', '),
    date,
    time,
    ivr: call.ivr,
    status: call.status,
    result,
    count: count > 1 ? String(count) : '',
    call: call.uniq,
  }
}

/** By time zone: to make one takes a thousand times as long as to use it. */
const clocks = new Map<string | undefined, Intl.DateTimeFormat>()

function wallClock(at: number, timeZone: string | undefined): readonly string[] {
  const clock = clocks.get(timeZone) ?? clockOf(timeZone)
  clocks.set(timeZone, clock)
  return clock.format(at).split(', ')
}

function clockOf(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('ru-RU', {
    ...(timeZone !== undefined && { timeZone }),
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
}
