import { describe, expect, test } from 'vitest'
import { decodeAri } from '../../src/asterisk/decode-ari.ts'
import type { Call } from '../../src/calls/call.ts'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { decodeCel } from '../../src/reconciliation/decode-cel.ts'
import { expectTold } from './expect-told.ts'
import { isFreePbxRow } from './freepbx-cel.ts'
import { type CelTableRow, readRecording, recordedStories } from './recording.ts'
import { fold, tellAri, tellCel } from './tell.ts'

/** Real calls of Asterisk 16 and 22, told by both witnesses, against what the people on the phones experienced (`record.ts` keeps them). */

function inMoscow(row: CelTableRow): CelTableRow {
  const [seconds = '', fraction] = row.eventtime.split('.')
  const local = new Date(Date.parse(`${seconds.replace(' ', 'T')}Z`) + 3 * 3_600_000).toISOString()
  return { ...row, eventtime: local.slice(0, 19).replace('T', ' ') + (fraction === undefined ? '' : `.${fraction}`) }
}

const stories = recordedStories()

test('given the recordings, then both versions are there', () => {
  expect(stories.map(({ version }) => version)).toEqual(expect.arrayContaining(['16', '22']))
  expect(stories.length).toBeGreaterThan(80)
})

describe.each(stories)('given the recorded call $name of Asterisk $version', ({ version, name }) => {
  const recording = readRecording({ version, name })
  const { ari, cel } = recording
  const events = ari.flatMap(decodeAri)
  const live = fold(events, 'live')
  const told = tellCel(cel)

  test('when ARI and CEL tell it, then it is what the people experienced, and the same', () => {
    expectTold(recording, { wholeSeconds: !version.endsWith('fractions') })
  })

  test('when every event comes twice, then nothing changes', () => {
    expect(
      fold(
        events.flatMap((event) => [event, event]),
        'live',
      ).calls,
    ).toEqual(live.calls)
  })

  test('when the kept events of a call are folded again, also after a journey as JSON, then it is the same call', () => {
    for (const { kept, calls, evidence } of [
      { ...live, evidence: 'live' as const },
      { ...told, evidence: 'cel' as const },
    ]) {
      for (const call of calls) {
        const again: readonly CallEvent[] = JSON.parse(JSON.stringify(kept.get(call.id)))
        expect(fold(again, evidence).calls.find(({ id }) => id === call.id)).toEqual(call)
      }
    }
  })

  test('when no message carries channelvars, then identity follows from dials, bridges and ids', () => {
    const bare = JSON.parse(JSON.stringify(ari), (key, value) => (key === 'channelvars' ? undefined : value))
    const strip = (call: Call) => ({ ...call, linkedids: [], recordings: [] })
    expect(tellAri(bare).calls.map(strip)).toEqual(live.calls.map(strip))
  })

  test('when the table is in local time, then the uniqueids give the zone', () => {
    const plain = cel.some(({ uniqueid }) => /^\d+\.\d+$/.test(String(uniqueid)))
    // A click whose channels all carry ids of ours tells no time: then the configuration must.
    const events = decodeCel(cel.map(inMoscow), plain ? {} : { timeZone: 'Europe/Moscow' })
    expect(fold(events, 'cel').calls).toEqual(told.calls)
  })

  test('when extra is called eventextra, then nothing changes', () => {
    expect(
      tellCel(cel.map(({ extra, ...row }) => ({ ...row, eventextra: extra }) as unknown as CelTableRow)).calls,
    ).toEqual(told.calls)
  })

  test('when CEL logs only the applications FreePBX asks for, then it is the same call', () => {
    const bare = tellCel(cel.filter(isFreePbxRow)).calls.map((call) => ({ ...call, ivr: '' }))
    expect(bare).toEqual(told.calls.map((call) => ({ ...call, ivr: '' })))
  })

  test('when the schema has no extra, then people and times are the same', () => {
    const bare = tellCel(cel.map(({ extra: _, ...row }) => row as unknown as CelTableRow)).calls
    const strip = ({ id, direction, client, line, talkSeconds, waitSeconds, people, responsible }: Call) => ({
      ...{ id, direction, client, line, talkSeconds, waitSeconds, people, responsible },
    })
    expect(bare.map(strip)).toEqual(told.calls.map(strip))
  })
})
