import type { CelGroup } from './cel-groups.ts'

// Shared by tests: rows of one answered call, as FreePBX's table has them.

/** Epoch milliseconds. */
export const START = Date.UTC(2026, 10, 20, 8)
export const telling = { staff: { internal: /^1\d\d$/, people: [] }, country: 'RU' } as const

export interface TestCall {
  readonly linkedid: string
  /** Milliseconds after START. */
  readonly at: number
  readonly talkMs?: number
  readonly client?: string
  /** No row after the conversation's beginning. */
  readonly open?: true
  /** Nobody answers. */
  readonly missed?: true
}

type Step = readonly [type: string, ms: number, leg: 0 | 1]

/** A call from outside to 101: rings two seconds, talks, ends. */
export function groupOf(...calls: readonly TestCall[]): CelGroup {
  const rows = calls.flatMap(rowsOf).map((row, index) => ({ id: index + 1, ...row }))
  return { linkedids: new Set(calls.map(({ linkedid }) => linkedid)), rows, usualOffset: undefined }
}

function rowsOf({ linkedid, at, talkMs = 8_000, client = '89221532327', open, missed }: TestCall) {
  const end = 2_000 + (missed ? 0 : talkMs)
  const answered: readonly Step[] = [
    ['ANSWER', 2_000, 1],
    ['ANSWER', 2_000, 0],
    ['BRIDGE_ENTER', 2_000, 1],
    ['BRIDGE_ENTER', 2_000, 0],
  ]
  const left: readonly Step[] = [
    ['BRIDGE_EXIT', end, 1],
    ['BRIDGE_EXIT', end, 0],
  ]
  const gone: readonly Step[] = [
    ['HANGUP', end, 1],
    ['CHAN_END', end, 1],
    ['HANGUP', end, 0],
    ['CHAN_END', end, 0],
  ]
  const began: readonly Step[] = [
    ['CHAN_START', 0, 0],
    ['CHAN_START', 0, 1],
  ]
  const steps = [...began, ...(missed ? [] : answered), ...(open || missed ? [] : left), ...(open ? [] : gone)]
  return steps.map(([type, ms, leg]) => ({
    eventtype: type,
    eventtime: `${((START + at + ms) / 1000).toFixed(3)}`,
    channame: leg === 0 ? `PJSIP/trunk-${linkedid}` : `PJSIP/101-${linkedid}`,
    uniqueid: leg === 0 ? linkedid : `${linkedid}9`,
    linkedid,
    cid_num: leg === 0 ? client : '101',
    exten: '7001',
    appname: leg === 0 ? 'Dial' : 'AppDial',
    appdata: leg === 0 ? 'PJSIP/101,20' : '(Outgoing Line)',
    extra: type.startsWith('BRIDGE') ? `{"bridge_id":"b${linkedid}"}` : '{"hangupcause":16}',
  }))
}
