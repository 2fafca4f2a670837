import type { LostField } from '../calls/call.ts'
import type { CallEvent, ChannelFacts } from '../calls/call-event.ts'
import { type CelBirth, celBirths, endpointOf } from './cel-births.ts'
import { createCelBridges } from './cel-bridges.ts'
import { createHangupReader } from './cel-hangups.ts'
import { createMenuReader } from './cel-menu.ts'
import { inOrderOfEvents, type TimedRow } from './cel-order.ts'
import { celRestarts } from './cel-restarts.ts'
import { type CelRow, type LeftOut, readCelRows } from './cel-row.ts'
import { skips } from './cel-skip.ts'
import { celTimes, isCelTime } from './cel-time.ts'
import { createVoicemailReader } from './cel-voicemail.ts'

export interface CelOptions {
  /** IANA name; left out, the zone follows from the rows' uniqueids. */
  readonly timeZone?: string | undefined
  /** Milliseconds east of UTC, where no uniqueid tells. */
  readonly usualOffset?: number | undefined
  /** Hears of each row that cannot be read. */
  readonly leftOut?: LeftOut | undefined
}

/**
 * The call events of CEL table rows, in the order of events (`cel-order.ts`). Takes rows of FreePBX's and of stock schemas: whole seconds
 * or fractions, `extra`, `eventextra` or neither. Rows it cannot read are left out; it never throws.
 */
export function decodeCel(table: readonly unknown[], options: CelOptions = {}): readonly CallEvent[] {
  const timed = timedRows(table, options)
  const rows = timed.map(({ row }) => row)
  const readers: Readers = {
    births: celBirths(rows),
    names: new Map(rows.map(({ uniqueid, channel }) => [uniqueid, channel])),
    bridges: createCelBridges(),
    menu: createMenuReader(rows),
    hangups: createHangupReader(),
    voicemail: createVoicemailReader(),
    dialled: new Map(),
  }
  const restarts = celRestarts(rows)
  let lastAliveAt = 0
  return timed.flatMap(({ row, at }, index) => {
    const before: readonly CallEvent[] = restarts.has(index) ? [{ kind: 'pbx-restarted', at: lastAliveAt }] : []
    lastAliveAt = Math.max(lastAliveAt, at)
    return [...before, ...decodeRow(row, at, readers)]
  })
}

function timedRows(table: readonly unknown[], { timeZone, usualOffset, leftOut }: CelOptions): readonly TimedRow[] {
  const rows = readCelRows(table, leftOut).filter((row) => {
    if (isCelTime(row.time)) return true
    leftOut?.(row.index, `eventtime ${JSON.stringify(row.time.slice(0, 40))} is no time`)
    return false
  })
  const times = celTimes(rows, timeZone, usualOffset)
  return inOrderOfEvents(
    rows.flatMap((row, index) => {
      const at = times[index]
      return at === undefined ? [] : [{ row, at }]
    }),
  )
}

/** Causes, who hung up, whom a transfer went to and digits stand in `extra` alone; people and their times do not need it. */
const LOST_WITHOUT_EXTRA: readonly LostField[] = ['result', 'hangupCause', 'transfers', 'ivr']

interface Readers {
  readonly births: ReadonlyMap<string, CelBirth>
  /** Name of each channel by its uniqueid. */
  readonly names: ReadonlyMap<string, string>
  readonly bridges: ReturnType<typeof createCelBridges>
  readonly menu: ReturnType<typeof createMenuReader>
  readonly hangups: ReturnType<typeof createHangupReader>
  readonly voicemail: ReturnType<typeof createVoicemailReader>
  /** The channel each one dialled last. */
  readonly dialled: Map<string, ChannelFacts>
}

function decodeRow(row: CelRow, at: number, readers: Readers): readonly CallEvent[] {
  readers.bridges.see(row)
  if (row.type !== 'HANGUP') readers.hangups(row, at)
  const digits = readers.menu(row)
  const voicemail = readers.voicemail(row, at)
  const channel: ChannelFacts = {
    ...factsOf(row),
    ...(voicemail && { voicemail }),
    ...(skips(row) && { skipped: true as const }),
  }
  const before: readonly CallEvent[] = digits === '' ? [] : [{ kind: 'dtmf', at, channel, digit: digits }]
  return [...before, ...decodeKind(row, at, channel, readers)]
}

function decodeKind(row: CelRow, at: number, channel: ChannelFacts, readers: Readers): readonly CallEvent[] {
  switch (row.type) {
    case 'CHAN_START':
      return decodeStart(row, at, channel, readers)
    case 'ANSWER':
      return [{ kind: 'channel-seen', at, channel: { ...channel, state: 'Up' } }]
    case 'CALLWEAVE':
    case 'USER_DEFINED':
      return skips(row) ? [{ kind: 'channel-seen', at, channel }] : []
    case 'BRIDGE_ENTER':
      return [{ kind: 'bridge-entered', at, channel, bridge: readers.bridges.entered(row) }]
    case 'BRIDGE_EXIT':
      return [{ kind: 'bridge-left', at, channel, bridge: readers.bridges.left(row) }]
    case 'HANGUP':
      return decodeHangup(row, at, channel, readers)
    case 'CHAN_END':
      return [{ kind: 'channel-gone', at, channel }]
    case 'BLINDTRANSFER': {
      const transferee = factsIn(row, 'transferee_channel')
      const exten = textIn(row, 'extension')
      return [{ kind: 'blind-transfer', at, transferer: channel, exten, ...(transferee && { transferee }) }]
    }
    case 'ATTENDEDTRANSFER': {
      const secondLeg = factsIn(row, 'channel2') ?? channel
      const transferee = factsIn(row, 'transferee_channel')
      const target = factsIn(row, 'transfer_target_channel')
      const others = { ...(transferee && { transferee }), ...(target && { target }) }
      return [{ kind: 'attended-transfer', at, firstLeg: channel, secondLeg, ...others }]
    }
    case 'PICKUP': {
      const picker = factsIn(row, 'pickup_channel')
      return picker ? [{ kind: 'pickup', at, channel, picker }] : []
    }
    case 'FORWARD':
      return decodeForward(row, at, channel, readers)
    case 'DTMF':
      return row.extra['digit'] === undefined ? [] : [{ kind: 'dtmf', at, channel, digit: textIn(row, 'digit') }]
    case 'APP_START':
    case 'APP_END':
    case 'PARK_START':
    case 'PARK_END':
      return [{ kind: 'channel-seen', at, channel: { ...channel, ...recordingIn(row) } }]
    default:
      // LINKEDID_END among them: a linkedid that was absorbed ends while its channels talk on (ari.md 7.3).
      return []
  }
}

function decodeStart(row: CelRow, at: number, channel: ChannelFacts, readers: Readers): readonly CallEvent[] {
  const { born, dialled, dialler } = readers.births.get(row.uniqueid) ?? {
    born: 'arriving',
    dialled: '',
    dialler: undefined,
  }
  const state = born === 'dialled' ? 'Down' : 'Ring'
  const newborn: ChannelFacts = { ...channel, state }
  // The number comes with whoever dialled it where that is known: then it can be told whose phone forwarded.
  const created: CallEvent = {
    kind: 'channel-created',
    at,
    channel: newborn,
    born,
    ...(dialler === undefined && dialled !== '' && { dialled }),
    ...(!row.hasExtra && { lost: LOST_WITHOUT_EXTRA }),
  }
  if (born !== 'dialled' || dialler === undefined) return [created]
  const caller = { id: dialler, name: readers.names.get(dialler) ?? '' }
  readers.dialled.set(dialler, newborn)
  const dialstring = dialled === '' ? '' : `${dialled}@${endpointOf(row.channel)}`
  return [created, { kind: 'dial', at, caller, peer: newborn, dialstring, status: '' }]
}

function decodeHangup(row: CelRow, at: number, channel: ChannelFacts, readers: Readers): readonly CallEvent[] {
  const cause = Number(row.extra['hangupcause'] ?? Number.NaN)
  const by = readers.hangups(row, at)
  const gone: CallEvent = {
    kind: 'channel-gone',
    at,
    channel,
    ...(Number.isInteger(cause) && { cause }),
    ...(by && { by }),
  }
  const peer = readers.dialled.get(row.uniqueid)
  const status = textIn(row, 'dialstatus')
  if (!peer || status === '') return [gone]
  return [gone, { kind: 'dial', at, caller: channel, peer, dialstring: '', status }]
}

function decodeForward(row: CelRow, at: number, channel: ChannelFacts, readers: Readers): readonly CallEvent[] {
  const peer = readers.dialled.get(row.uniqueid)
  if (!peer) return []
  const forward = textIn(row, 'forward')
  return [{ kind: 'dial', at, caller: channel, peer, dialstring: '', status: 'CANCEL', forward }]
}

function factsOf(row: CelRow): ChannelFacts {
  return {
    id: row.uniqueid,
    name: row.channel,
    linkedid: row.linkedid,
    ...(row.number !== '' && { callerNumber: row.number }),
    ...(row.exten !== '' && { exten: row.exten }),
    ...(row.context !== '' && { context: row.context }),
    ...(row.app !== '' && row.type !== 'APP_END' && { app: row.app, appData: row.appData }),
  }
}

/** `<prefix>_name` and `<prefix>_uniqueid` of `extra`. */
function factsIn(row: CelRow, prefix: string): ChannelFacts | undefined {
  const id = textIn(row, `${prefix}_uniqueid`)
  return id === '' || id === 'N/A' ? undefined : { id, name: textIn(row, `${prefix}_name`) }
}

function recordingIn(row: CelRow): { readonly recording?: string } {
  const file = row.appData.split(',', 1)[0] ?? ''
  return row.type === 'APP_START' && /^MixMonitor$/i.test(row.app) && file !== '' ? { recording: file } : {}
}

function textIn(row: CelRow, key: string): string {
  const value = row.extra[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
