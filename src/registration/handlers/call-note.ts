import type { NewCallNote } from '../../crm/port.ts'
import { fillTemplate } from '../../templates/template.ts'
import type { CallFacts } from '../call-facts.ts'
import type { CallNotePayload } from '../payloads.ts'
import type { RegistrationSettings } from '../settings.ts'
import { valuesOf } from './call-values.ts'
import type { CardsOfCall } from './cards-of-call.ts'
import { refOf } from './ground.ts'

/** The CRM wants a number in every call note. */
const WITHHELD = 'anonymous'

export interface NoteOptions {
  readonly settings: RegistrationSettings
  readonly quiet: boolean
  readonly recordingUrl: string | undefined
  /** What the manager wrote down. */
  readonly result?: string | undefined
}

/** Everything the CRM is told of a call in its note; with `person`, of that person's part in it. */
export function callNote(
  { call, person }: CallNotePayload,
  cards: Pick<CardsOfCall, 'entity' | 'rule' | 'responsible'>,
  options: NoteOptions,
): NewCallNote {
  const { settings, quiet, recordingUrl, result } = options
  const { entity, rule, responsible } = cards
  const own = person === undefined ? undefined : settings.users.get(person)
  const user = own ?? responsible.user
  const text = fillTemplate(rule.note, valuesOf(call, settings, { result }))
  return {
    entity: refOf(entity),
    uniq: noteUniq(call, person),
    direction: call.direction,
    phone: call.phone || WITHHELD,
    startedAt: call.startedAt,
    talkSeconds: secondsOf(call, person, settings),
    status: call.status,
    person: user ?? person ?? responsible.person,
    author: user,
    quiet,
    ...(text !== '' && { text }),
    ...(recordingUrl !== undefined && { recordingUrl }),
  }
}

export function noteUniq({ uniq }: Pick<CallFacts, 'uniq'>, person: string | undefined): string {
  return person === undefined ? uniq : `${uniq}/${person}`
}

/** By setting only people of the CRM count; together they cannot have talked longer than the call. */
function secondsOf(call: CallFacts, person: string | undefined, { seconds, users }: RegistrationSettings): number {
  if (person !== undefined) return call.talked.find(({ extension }) => extension === person)?.seconds ?? 0
  if (seconds === 'all' || !call.answered) return call.talkSeconds
  const inCrm = call.talked.filter(({ extension }) => users.has(extension))
  // The CRM takes an answered call of no seconds for a missed one.
  return inCrm.length === 0
    ? 1
    : Math.min(
        call.talkSeconds,
        inCrm.reduce((sum, each) => sum + each.seconds, 0),
      )
}
