import { describe, expect, test } from 'vitest'
import { createCallTracker } from '../calls/call-tracker.ts'
import { decodeCel } from './decode-cel.ts'

type Row = Readonly<Record<string, string | number>>

let id = 0
function row(eventtype: string, seconds: number, channame: string, uniqueid: string, more: Row = {}): Row {
  id += 1
  const eventtime = new Date(Date.UTC(2026, 10, 20, 9, 0, seconds)).toISOString().slice(0, 19).replace('T', ' ')
  return { id, eventtype, eventtime, channame, uniqueid, linkedid: uniqueid, exten: '7001', context: 'in', ...more }
}

const BASE = Date.UTC(2026, 10, 20, 9) / 1000
const uid = (seconds: number, counter: number) => `${BASE + seconds}.${counter}`

/** A client arrives and talks to 101; nobody tells how it ended. */
function cutCall(): readonly Row[] {
  const [client, phone] = [uid(0, 40), uid(1, 41)]
  const own = { linkedid: client }
  return [
    row('CHAN_START', 0, 'PJSIP/trunk-1', client, { cid_num: '79221532327' }),
    row('CHAN_START', 1, 'PJSIP/101-2', phone, own),
    row('ANSWER', 3, 'PJSIP/101-2', phone, { ...own, appname: 'AppDial', appdata: '(Outgoing Line)' }),
    row('ANSWER', 3, 'PJSIP/trunk-1', client, { appname: 'Dial', appdata: 'PJSIP/101' }),
    row('BRIDGE_ENTER', 3, 'PJSIP/101-2', phone, { ...own, extra: '{"bridge_id":"b"}' }),
    row('BRIDGE_ENTER', 3, 'PJSIP/trunk-1', client, { extra: '{"bridge_id":"b"}' }),
  ]
}

const shortCall = (seconds: number, counter: number, name = 'PJSIP/trunk-1'): readonly Row[] => [
  row('CHAN_START', seconds, name, uid(seconds, counter), { cid_num: '79161112233' }),
  row('HANGUP', seconds + 5, name, uid(seconds, counter), { extra: '{"hangupcause":16}' }),
  row('CHAN_END', seconds + 5, name, uid(seconds, counter)),
]

function told(rows: readonly Row[]) {
  const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU', evidence: 'cel' })
  const phases = decodeCel(rows).flatMap((event) => tracker.take(event))
  phases.push(...tracker.take({ kind: 'clock', at: (BASE + 900) * 1000 }))
  return { ended: phases.flatMap(({ kind, call }) => (kind === 'ended' ? [call] : [])), live: tracker.live() }
}

describe('given rows of a call that just stop', () => {
  test('when new channels count from the beginning, then it ended with the last row before them', () => {
    const other = shortCall(2, 42, 'PJSIP/trunk-9')
    const { ended, live } = told([...cutCall(), ...other, ...shortCall(60, 1)])
    expect(live).toEqual([])
    expect(ended).toMatchObject([
      {
        ...{ client: '+79221532327', endedAt: (BASE + 7) * 1000, answered: true, talkSeconds: 4, evidence: 'cel' },
        hangupCause: undefined,
      },
      { client: '+79161112233' },
      { client: '+79161112233', startedAt: (BASE + 60) * 1000 },
    ])
  })

  test('when a new channel goes on counting, then it goes on', () => {
    expect(told([...cutCall(), ...shortCall(60, 43)]).live).toMatchObject([{ client: '+79221532327' }])
  })

  test('when its own rows come later, then another Asterisk shares the table, and it goes on', () => {
    const late = row('HANGUP', 80, 'PJSIP/trunk-1', uid(0, 40), { extra: '{"hangupcause":16}' })
    expect(told([...cutCall(), ...shortCall(60, 1), late]).ended.at(-1)).toMatchObject({ endedAt: (BASE + 80) * 1000 })
  })

  test('when channels of one second are written in the other order, then it goes on', () => {
    expect(told([...cutCall(), ...shortCall(2, 39)]).live).toHaveLength(1)
  })
})
