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
  readonly targets: string[]
}

/**
 * CEL has no word for dialling: that a channel was dialled shows in its application (`AppDial`, `AppDial2`, `AppQueue`), and by whom
 * in the dialler's own rows. Rows must be in order.
 */
export function celBirths(rows: readonly CelRow[]): ReadonlyMap<string, CelBirth> {
  const outgoing = new Set(rows.filter(isOutgoing).map(({ uniqueid }) => uniqueid))
  const dialledExten = new Map<string, string>()
  for (const row of rows)
    if (isOutgoing(row) && row.exten !== '' && !dialledExten.has(row.uniqueid))
      dialledExten.set(row.uniqueid, row.exten)
  const births = new Map<string, CelBirth>()
  const attempts = new Map<string, Attempt>()
  const idleHalves = new Map<string, string[]>()
  for (const row of rows) {
    if (row.type === 'APP_START' && isDialling(row.app)) {
      attempts.set(row.uniqueid, { dialler: row.uniqueid, targets: targetsOf(row) })
    }
    if (row.type === 'APP_END') attempts.delete(row.uniqueid)
    if (row.type !== 'CHAN_START' || births.has(row.uniqueid)) continue
    const secondHalf = row.channel.endsWith(';2')
    const born = isDialledAtBirth(row, outgoing, secondHalf) ? 'dialled' : 'arriving'
    const halves = idleHalves.get(row.linkedid) ?? []
    idleHalves.set(row.linkedid, halves)
    if (secondHalf) halves.push(row.uniqueid)
    const found = born === 'dialled' ? findAttempt(row, attempts.values()) : undefined
    const dialler =
      found?.dialler ?? (born === 'dialled' && !row.channel.startsWith('Local/') ? halves.at(-1) : undefined)
    if (dialler !== undefined) halves.splice(halves.indexOf(dialler) >>> 0, 1)
    births.set(row.uniqueid, { born, dialled: found?.number || (dialledExten.get(row.uniqueid) ?? ''), dialler })
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

function isDialledAtBirth(row: CelRow, outgoing: ReadonlySet<string>, secondHalf: boolean): boolean {
  if (secondHalf) return false
  return outgoing.has(row.uniqueid) || row.channel.endsWith(';1') || row.linkedid !== row.uniqueid
}

function isDialling(app: string): boolean {
  return /^(Dial|Queue|FollowMe|Page|RetryDial)$/i.test(app)
}

/** `PJSIP/101&PJSIP/79990001122@trunk,20,tT` names two; a queue names its members nowhere. */
function targetsOf(row: CelRow): string[] {
  if (/^Queue$/i.test(row.app)) return []
  return (row.appData.split(',', 1)[0] ?? '').split('&').map((target) => target.trim())
}

/** The running dial that named this endpoint and has not yet been served; else the queue of the same linkedid. */
function findAttempt(row: CelRow, attempts: Iterable<Attempt>): { dialler: string; number: string } | undefined {
  const endpoint = endpointOf(row.channel.replace(/;[12]$/, ''))
  let found: { dialler: string; number: string } | undefined
  for (const attempt of attempts) {
    const index = attempt.targets.findIndex((target) => names(target, endpoint))
    if (index < 0) continue
    const [target = ''] = attempt.targets.splice(index, 1)
    found = { dialler: attempt.dialler, number: numberIn(target, endpoint) }
  }
  return found
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
