import type { Birth } from '../calls/call-event.ts'
import type { CelRow } from './cel-row.ts'

/** How a channel came to be, as far as all its rows together tell. */
export interface CelBirth {
  readonly born: Birth
  /** What the dialler's own row says was dialled; empty when no row says it. */
  readonly dialled: string
  /** Uniqueid of the channel that dialled it. */
  readonly dialler: string | undefined
}

interface Attempt {
  readonly dialler: string
  readonly linkedid: string
  /** Every destination the channel ever dialled: a second `Dial` in a row has no row of its own (measured on 16.28 and 22.10). */
  readonly targets: readonly string[]
  readonly served: Set<string>
}

/**
 * CEL has no word for dialling: that a channel was dialled shows in its application (`AppDial`, `AppDial2`, `AppQueue`), and by whom
 * in the dialler's own rows. Rows must be in order.
 */
export function celBirths(rows: readonly CelRow[]): ReadonlyMap<string, CelBirth> {
  // A group pickup that the channel driver does itself runs no application: that the channel answered says that nobody dialled it.
  const firstApps = firstRows(rows, (row) => row.app !== '' || row.type === 'ANSWER')
  const dialledExtens = firstRows(rows, (row) => isOutgoing(row) && row.exten !== '')
  const begunBy = firstRows(rows, (row) => row.type === 'CHAN_START' && row.uniqueid === row.linkedid)
  const targets = targetsByDialler(rows)
  const births = new Map<string, CelBirth>()
  const attempts = new Map<string, Attempt>()
  const idleHalves = new Map<string, string[]>()
  for (const row of rows) {
    if (row.type === 'HANGUP') attempts.delete(row.uniqueid)
    if (row.type !== 'CHAN_START' || births.has(row.uniqueid)) continue
    const born = bornHow(row, firstApps.get(row.uniqueid))
    const halves = idleHalves.get(row.linkedid) ?? []
    idleHalves.set(row.linkedid, halves)
    if (row.channel.endsWith(';2')) halves.push(row.uniqueid)
    const found = born === 'dialled' ? findAttempt(row, attempts.values()) : undefined
    const dialler =
      found?.dialler ?? (born === 'dialled' && !row.channel.startsWith('Local/') ? halves.at(-1) : undefined)
    if (dialler !== undefined && halves.includes(dialler)) halves.splice(halves.indexOf(dialler), 1)
    // Of a channel that a crash cut there is nothing but its birth: then the number is what the first channel of all dialled.
    const dialledBy = dialledExtens.get(row.uniqueid) ?? begunBy.get(row.linkedid)
    const dialled = found?.number || numberByExten(born === 'dialled' ? dialledBy : undefined)
    births.set(row.uniqueid, { born, dialled, dialler })
    const own = targets.get(row.uniqueid)
    if (own)
      attempts.set(row.uniqueid, {
        dialler: row.uniqueid,
        linkedid: row.linkedid,
        targets: [...own],
        served: new Set(),
      })
  }
  return births
}

/** The endpoint of a channel name: what stands between the slash and the last dash. */
export function endpointOf(channel: string): string {
  const rest = channel.slice(channel.indexOf('/') + 1)
  const dash = rest.lastIndexOf('-')
  return dash < 0 ? rest : rest.slice(0, dash)
}

function isOutgoing(row: CelRow): boolean {
  return row.appData === '(Outgoing Line)' || /^App(Dial2?|Queue)$/.test(row.app)
}

/** A channel that picks up or is transferred may execute `AppDial` later on: what it executed first tells how it began. */
function bornHow(row: CelRow, firstApp: CelRow | undefined): Birth {
  if (row.channel.endsWith(';2')) return 'arriving'
  if (row.channel.endsWith(';1') || row.linkedid !== row.uniqueid) return 'dialled'
  return firstApp && isOutgoing(firstApp) ? 'dialled' : 'arriving'
}

function firstRows(rows: readonly CelRow[], wanted: (row: CelRow) => boolean): ReadonlyMap<string, CelRow> {
  const first = new Map<string, CelRow>()
  for (const row of rows) if (!first.has(row.uniqueid) && wanted(row)) first.set(row.uniqueid, row)
  return first
}

/** A dialled channel shows the exten its dialler was at: on the way out that is the number. Short ones are extensions that forward. */
function numberByExten(row: CelRow | undefined): string {
  return row && /^\+?\d{5,}$/.test(row.exten) ? row.exten : ''
}

function isDialling(app: string): boolean {
  return /^(Dial|FollowMe|Page|RetryDial)$/i.test(app)
}

/** `PJSIP/101&PJSIP/79990001122@trunk,20,tT` names two. A queue names its members nowhere. */
function targetsByDialler(rows: readonly CelRow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const row of rows) {
    if (!isDialling(row.app)) continue
    const targets = found.get(row.uniqueid) ?? new Set()
    found.set(row.uniqueid, targets)
    for (const target of (row.appData.split(',', 1)[0] ?? '').split('&')) targets.add(target.trim())
  }
  return found
}

/** The youngest dial under way that names this endpoint, first by a destination that nobody answers for yet. */
function findAttempt(row: CelRow, attempts: Iterable<Attempt>): { dialler: string; number: string } | undefined {
  const endpoint = endpointOf(row.channel.replace(/;[12]$/, ''))
  const named = [...attempts].flatMap((attempt) =>
    attempt.linkedid === row.linkedid
      ? attempt.targets.filter((target) => names(target, endpoint)).map((target) => ({ attempt, target }))
      : [],
  )
  const newest = named.at(-1)?.attempt
  const own = named.filter(({ attempt }) => attempt === newest)
  const found = own.find(({ attempt, target }) => !attempt.served.has(target)) ?? own.at(-1)
  if (!found) return undefined
  found.attempt.served.add(found.target)
  return { dialler: found.attempt.dialler, number: numberIn(found.target, endpoint) }
}

/** `PJSIP/79@trunk`, `PJSIP/trunk/sip:79@host`, `PJSIP/101`, `PJSIP/101/sip:…`, `Local/104@context/n`. */
function names(target: string, endpoint: string): boolean {
  const resource = target.slice(target.indexOf('/') + 1)
  if (target.startsWith('Local/')) return resource.replace(/\/\w+$/, '') === endpoint
  return resource.split('/', 1)[0] === endpoint || resource.endsWith(`@${endpoint}`)
}

function numberIn(target: string, endpoint: string): string {
  const resource = target.slice(target.indexOf('/') + 1)
  if (resource.endsWith(`@${endpoint}`)) return resource.slice(0, -endpoint.length - 1)
  const [, address = ''] = resource.split('/')
  return address.replace(/^sips?:/, '').split('@', 1)[0] ?? ''
}
