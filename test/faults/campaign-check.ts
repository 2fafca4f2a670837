import type { CallNoteView, ClientView } from '../amocrm-sandbox/state/views.ts'
import type { ExperiencedCall } from './campaign-experienced.ts'
import type { RecordedCall } from './campaign-records.ts'

/** When Asterisk was dead, epoch milliseconds. */
export interface Death {
  readonly from: number
  readonly until: number
}

export interface Compared {
  readonly experienced: readonly ExperiencedCall[]
  readonly records: ReadonlyMap<string, RecordedCall>
  readonly notes: readonly CallNoteView[]
  readonly contacts: readonly ClientView[]
  readonly deaths: readonly Death[]
  /** Extension → user of the CRM; and whom a call belongs to that nobody talked in. */
  readonly userOf: (extension: string) => number
  readonly responsibleForMissed: (call: ExperiencedCall) => number
}

export interface WrongCall {
  readonly number: string
  readonly kind: string
  readonly what: 'lost' | 'doubled' | 'invented' | 'direction' | 'outcome' | 'seconds' | 'person' | 'client doubled'
  readonly detail: string
  readonly linkedids: readonly string[]
}

export interface Verdict {
  readonly wrong: readonly WrongCall[]
  /** Calls that reached the PBX, and notes in the CRM. */
  readonly inPbx: number
  readonly inCrm: number
  readonly talked: number
  /** Cut by Asterisk's death: seconds are not compared. */
  readonly cut: number
  /** The largest difference of seconds that was compared. */
  readonly farthestSeconds: number
}

/** One second, and what SIPp's log and whole seconds of the note may add. */
const SECONDS_APART = 1.3
/** What Asterisk did in its last moment it may not have told anybody. */
const LAST_MOMENT_MS = 1_500

/** Holds what clients and phones went through and what the PBX wrote against what stands in the CRM. Pure; shares nothing with the service. */
export function compare(compared: Compared): Verdict {
  const { experienced, records, notes, contacts, deaths } = compared
  const wrong: WrongCall[] = []
  const notesOf = Map.groupBy(notes, ({ phone }) => String(phone))
  const known = new Set(experienced.map(({ number }) => number))
  for (const [phone, own] of notesOf)
    if (!known.has(phone))
      wrong.push({
        number: phone,
        kind: '',
        what: 'invented',
        detail: `${own.length} notes, never called`,
        linkedids: [],
      })
  let [inPbx, talked, cut, farthestSeconds] = [0, 0, 0, 0]
  for (const call of experienced) {
    const { number, kind, beganAt, endedAt } = call
    const recorded = records.get(number)
    const say = (what: WrongCall['what'], detail: string): void =>
      void wrong.push({ number, kind, what, detail, linkedids: recorded?.linkedids ?? [] })
    const own = notesOf.get(number) ?? []
    const exists = call.reached || recorded !== undefined
    if (exists) inPbx += 1
    if (exists && own.length === 0) say('lost', evidence(call, recorded))
    if (own.length > 1) say('doubled', own.map(({ uniq }) => String(uniq)).join(', '))
    if (contacts.filter((contact) => !contact.deleted && contact.phones.includes(number)).length > 1)
      say('client doubled', 'several contacts have the number')
    const note = own[0]
    if (!note) continue
    if (note.direction !== call.direction) say('direction', `${note.direction} for ${call.direction}`)
    const dying = deaths.filter((death) => beganAt < death.until && endedAt > death.from - LAST_MOMENT_MS)
    if (dying.length > 0) cut += 1
    const unsure = dying.some((death) => (call.answeredAt ?? endedAt) > death.from - LAST_MOMENT_MS)
    if (!unsure && (note.status === 4) !== call.answered)
      say('outcome', `status ${String(note.status)}, the client was ${call.answered ? '' : 'not '}answered`)
    if (call.answered && !unsure) {
      talked += 1
      if (call.person !== undefined && note.responsible !== compared.userOf(call.person))
        say('person', `${String(note.responsible)} for ${compared.userOf(call.person)}`)
    }
    const missed = dying.length === 0 && !call.answered
    if (missed && note.responsible !== compared.responsibleForMissed(call))
      say('person', `${String(note.responsible)} for ${compared.responsibleForMissed(call)}`)
    if (dying.length > 0 || (call.answered && call.seconds === undefined)) continue
    const apart = Math.abs(Number(note.seconds) - (call.seconds ?? 0))
    farthestSeconds = Math.max(farthestSeconds, apart)
    if (!(apart <= SECONDS_APART)) say('seconds', `${String(note.seconds)} for ${call.seconds ?? 0}`)
  }
  return { wrong, inPbx, inCrm: notes.length, talked, cut, farthestSeconds }
}

function evidence(call: ExperiencedCall, recorded: RecordedCall | undefined): string {
  const sip = `the client was ${call.answered ? `answered (${call.seconds ?? '?'} s)` : 'not answered'}`
  return `${sip}; CEL ${recorded?.cel ?? 0} rows, CDR ${recorded?.cdr ?? 0}; began ${new Date(call.beganAt).toISOString()}`
}
