import type { Call, CallResult, PersonInCall } from '../calls/call.ts'
import { parseChannelName } from '../calls/channel-name.ts'
import { createDirectory, type Directory, type EndKind } from '../calls/directory.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import { cdrGroups } from './cdr-groups.ts'
import type { CdrRow } from './cdr-reader.ts'
import type { TellingOptions } from './tell-group.ts'

/** One row, with who stands at its two ends. */
interface Leg {
  readonly row: CdrRow
  readonly from: End
  readonly to: End
}

interface End {
  readonly kind: EndKind | 'nobody'
  readonly endpoint: string
}

/** Ids our clicks give their channels: whoever they ring first, the call goes out. */
const CLICK = /^(?:.*-)?cw-/

/**
 * Calls as CDR alone tells them: client, line, direction and whether somebody talked. Persons and seconds are approximate: a billed second may
 * have been an announcement, and who took over after a transfer is not always said. Results, causes, transfers and menus are not told at all.
 * @param rows of any number of calls; the later rows of a call must be among them
 */
export function tellCdr(
  rows: readonly CdrRow[],
  { staff, trunks, country }: Omit<TellingOptions, 'leftOut'>,
): readonly Call[] {
  const directory = createDirectory(staff, trunks)
  return cdrGroups(rows).flatMap(({ id: linkedid, rows: own }) => {
    const legs = own.toSorted((a, b) => a.startedAt - b.startedAt).map((row) => legOf(row, directory))
    return tellGroup(linkedid, legs, directory, country)
  })
}

function legOf(row: CdrRow, directory: Directory): Leg {
  return { row, from: endOf(row.channel, directory), to: endOf(row.destinationChannel, directory) }
}

function endOf(channel: string, directory: Directory): End {
  if (channel === '') return { kind: 'nobody', endpoint: '' }
  const { technology, endpoint } = parseChannelName(channel)
  return { kind: directory.kindOf(technology, endpoint), endpoint }
}

function tellGroup(linkedid: string, legs: readonly Leg[], directory: Directory, country: string): readonly Call[] {
  const arrivals = legs.filter(({ from, row }) => from.kind === 'trunk' && !CLICK.test(row.uniqueid))
  if (arrivals.length > 0) {
    const clients = [...Map.groupBy(arrivals, ({ row }) => row.uniqueid).values()]
    return clients.map((own, at) =>
      inbound(idOf(linkedid, at), own, clients.length > 1 ? own : legs, directory, country),
    )
  }
  const dialled = legs.filter((leg) => isClient(leg, directory))
  if (dialled.length > 0) {
    const clients = [
      ...Map.groupBy(dialled, (leg) => phoneKey(clientOf(leg, country)) ?? clientOf(leg, country)).values(),
    ]
    return clients.map((own, at) => outbound(idOf(linkedid, at), own, legs, directory, country))
  }
  const isKnown = legs.some(
    ({ from, to }) => from.kind === 'staff' || (to.kind === 'staff' && from.kind !== 'stranger'),
  )
  return isKnown ? [internal(linkedid, legs)] : []
}

function idOf(linkedid: string, at: number): string {
  return at === 0 ? linkedid : `${linkedid}#${at + 1}`
}

/** Where people meet nobody has dialled the other. */
const MEETINGS = /^(ConfBridge|MeetMe|Page|Stasis|Park|ParkedCall)$/i

/** A trunk leg that the staff dialled, unless it is somebody's mobile. */
function isClient({ row, from, to }: Leg, directory: Directory): boolean {
  if (MEETINGS.test(row.lastApp)) return false
  if (from.kind === 'trunk') return true
  return to.kind === 'trunk' && !directory.personAt(dialledIn(row, to.endpoint))
}

function clientOf({ row, from, to }: Leg, country: string): string {
  return normalisePhone(from.kind === 'trunk' ? row.source : dialledIn(row, to.endpoint), country)
}

/** `PJSIP/79221532327@trunk,30,tT`, `SIP/trunk/79221532327`; else what the person dialled. */
function dialledIn({ lastData, destination }: CdrRow, endpoint: string): string {
  for (const target of (lastData.split(',', 1)[0] ?? '').split('&')) {
    const resource = target.slice(target.indexOf('/') + 1)
    if (resource.endsWith(`@${endpoint}`)) return resource.slice(0, -endpoint.length - 1)
    const [first, number] = resource.split('/')
    if (first === endpoint && number) return number.replace(/^sips?:/, '').split('@', 1)[0] ?? ''
  }
  return destination
}

function inbound(id: string, own: readonly Leg[], legs: readonly Leg[], directory: Directory, country: string): Call {
  const [first] = own
  const client = normalisePhone(first?.row.source ?? '', country)
  const line = own.find(({ row }) => row.did !== '')?.row.did ?? first?.row.destination ?? ''
  const reached = legs.filter(({ to, row }) => isReached(to, row, client))
  const people = peopleOf(reached, directory)
  // A second client in the room is no conversation with the staff.
  const answered = reached.some(({ row, to }) => talks(row) && (to.kind === 'staff' || row.lastApp !== 'ConfBridge'))
  const isMailbox = !answered && own.some(({ row }) => /^voicemail$/i.test(row.lastApp))
  const result = answered ? 'answered' : 'missed'
  return {
    ...shell(id, legs, result),
    ...{ direction: 'in', client, line, answered, people },
    ...seconds(reached, own, answered),
    responsible: lastTalker(reached, directory),
    // Whether a message was left is not told.
    lost: isMailbox || !answered ? ['result', ...LOST] : LOST,
  }
}

/** Somebody's phone: a colleague's, or a number outside that is not the client's own. */
function isReached(to: End, row: CdrRow, client: string): boolean {
  if (to.kind === 'staff') return true
  return to.kind === 'trunk' && phoneKey(dialledIn(row, to.endpoint)) !== phoneKey(client)
}

function outbound(id: string, own: readonly Leg[], legs: readonly Leg[], directory: Directory, country: string): Call {
  const last = own.at(-1)
  const first = own[0]
  const client = first ? clientOf(first, country) : ''
  const trunk = last?.from.kind === 'trunk' ? last.from.endpoint : (last?.to.endpoint ?? '')
  const answered = own.some(({ row, from, to }) => talks(row) && (from.kind !== 'trunk' || to.kind === 'staff'))
  const starter = starterOf(legs, directory)
  const spoken = sum(own.filter(({ row }) => row.disposition === 'ANSWERED').map(({ row }) => row.billableSeconds))
  const rang = peopleOf(
    legs.filter(({ to }) => to.kind === 'staff'),
    directory,
  )
  const talker = starter ?? rang.find(({ talkSeconds }) => talkSeconds > 0)?.extension ?? ''
  const people =
    answered && talker !== ''
      ? [{ ...silent(talker), rang: rang.some(({ extension }) => extension === talker), talkSeconds: spoken }]
      : rang.map((one) => ({ ...one, talkSeconds: 0 }))
  return {
    ...shell(id, own, answered ? 'answered' : refusal(own)),
    ...{ direction: 'out', client, line: trunk, answered, people },
    ...seconds(own, own, answered),
    responsible: answered ? talker : '',
    ...(starter !== undefined && { startedBy: starter }),
    lost: LOST,
  }
}

function internal(id: string, legs: readonly Leg[]): Call {
  const answered = legs.some(({ row }) => talks(row))
  return {
    ...shell(id, legs, answered ? 'answered' : 'no-answer'),
    ...{ direction: 'internal', client: '', line: '', answered, people: [], responsible: '' },
    ...seconds(legs, legs, answered),
    lost: ['result', ...LOST],
  }
}

const LOST = ['hangupCause', 'transfers', 'ivr'] as const

function shell(id: string, legs: readonly Leg[], result: CallResult) {
  const rows = legs.map(({ row }) => row)
  const linkedids = new Set([
    id.replace(/#\d+$/, ''),
    ...rows.flatMap(({ linkedid }) => (linkedid === '' ? [] : [linkedid])),
  ])
  return {
    ...{
      id,
      linkedids: [...linkedids],
      result,
      evidence: 'cdr' as const,
      hangupCause: undefined,
      transfers: [],
      ivr: '',
    },
    startedAt: Math.min(...rows.map(({ startedAt }) => startedAt)),
    endedAt: Math.max(...rows.map(({ startedAt, durationSeconds }) => startedAt + durationSeconds * 1000)),
    recordings: [...new Set(rows.flatMap(({ recording }) => (recording === '' ? [] : [recording])))],
  }
}

function seconds(talking: readonly Leg[], all: readonly Leg[], answered: boolean) {
  const startedAt = Math.min(...all.map(({ row }) => row.startedAt))
  const endedAt = Math.max(...all.map(({ row }) => row.startedAt + row.durationSeconds * 1000))
  const spoken = talking.filter(({ row }) => talks(row)).map(({ row }) => intervalOf(row))
  const begun = Math.min(...spoken.map(([since]) => since))
  return {
    talkSeconds: answered ? union(spoken) / 1000 : 0,
    waitSeconds: ((answered && Number.isFinite(begun) ? begun : endedAt) - startedAt) / 1000,
  }
}

function intervalOf({ startedAt, durationSeconds, billableSeconds }: CdrRow): readonly [number, number] {
  const until = startedAt + durationSeconds * 1000
  return [until - billableSeconds * 1000, until]
}

function union(intervals: readonly (readonly [number, number])[]): number {
  let total = 0
  let covered = Number.NEGATIVE_INFINITY
  for (const [since, until] of intervals.toSorted(([a], [b]) => a - b)) {
    total += Math.max(0, until - Math.max(since, covered))
    covered = Math.max(covered, until)
  }
  return total
}

function talks({ disposition }: CdrRow): boolean {
  return disposition === 'ANSWERED'
}

function peopleOf(legs: readonly Leg[], directory: Directory): readonly PersonInCall[] {
  const people = new Map<string, PersonInCall>()
  for (const { row, to } of legs) {
    const person = personOf(row, to, directory)
    if (!person) continue
    const before = people.get(person.extension) ?? silent(person.extension)
    const talkSeconds = talks(row) ? row.billableSeconds : 0
    people.set(person.extension, {
      ...before,
      ...(person.external !== undefined && { external: person.external }),
      rang: true,
      rangSeconds: before.rangSeconds + (row.durationSeconds - row.billableSeconds),
      talkSeconds: before.talkSeconds + talkSeconds,
    })
  }
  return [...people.values()]
}

/** A mobile is its owner; a number outside is the extension that was dialled for it, where a row says so. */
function personOf(row: CdrRow, to: End, directory: Directory): { extension: string; external?: string } | undefined {
  if (to.kind === 'staff') return { extension: to.endpoint }
  const number = dialledIn(row, to.endpoint)
  const owner = directory.personAt(number)
  if (owner?.mobile) return { extension: owner.extension, external: number }
  const dialled = directory.personAt(row.destination)
  return dialled && { extension: dialled.extension, external: number }
}

function lastTalker(legs: readonly Leg[], directory: Directory): string {
  const talkers = legs
    .filter(({ row }) => talks(row) && row.billableSeconds > 0)
    .toSorted((a, b) => intervalOf(a.row)[1] - intervalOf(b.row)[1])
  const one = talkers.at(-1) ?? legs.findLast(({ row }) => talks(row))
  return one ? (personOf(one.row, one.to, directory)?.extension ?? '') : ''
}

/** Who began an outbound call: the phone, or what a click rang through a Local channel. */
function starterOf(legs: readonly Leg[], directory: Directory): string | undefined {
  const phone = legs.find(({ from }) => from.kind === 'staff')?.from.endpoint
  if (phone !== undefined) return phone
  const half = legs.find(({ from }) => from.kind === 'pbx' && directory.personAt(from.endpoint))
  return half && directory.personAt(half.from.endpoint)?.extension
}

function refusal(own: readonly Leg[]): CallResult {
  const last = own.at(-1)?.row.disposition
  if (last === 'BUSY') return 'busy'
  return last === 'NO ANSWER' ? 'no-answer' : 'failed'
}

function silent(extension: string): PersonInCall {
  return { extension, rang: false, rangSeconds: 0, talkSeconds: 0, holdSeconds: 0 }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
