import { describe, expect, test } from 'vitest'
import { decodeAri } from '../../src/asterisk/decode-ari.ts'
import type { Call } from '../../src/calls/call.ts'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { decodeCel } from '../../src/reconciliation/decode-cel.ts'
import { expectExperienced, expectNear } from './expect-experienced.ts'
import { type CelTableRow, readRecording, recordedStories } from './recording.ts'
import { fold, tellAri, tellCel } from './tell.ts'

/** Real calls of Asterisk 16 and 22, told by both witnesses, against what the people on the phones experienced (`record.ts` keeps them). */

/** Whole seconds at both ends of a stretch; the script's own moments are some tenths off as well. */
const WHOLE_SECONDS = 1.3
const FRACTIONS = 0.5

/** What must be the same whichever witness tells it, and however often. */
function essence(call: Call): unknown {
  const { id, direction, client, line, answered, result, responsible, ivr } = call
  return {
    ...{ id, direction, client, line, answered, result, responsible, ivr },
    linkedids: call.linkedids.toSorted(),
    people: call.people.map(({ extension, external, rang }) => `${extension} ${external} ${rang}`).toSorted(),
    transfers: call.transfers.map(({ kind, from, to }) => `${kind} ${from} ${to}`),
  }
}

const isFreePbxRow = ({ eventtype, appname }: CelTableRow) =>
  !/^(STREAM_|DTMF)/.test(eventtype) &&
  (!eventtype.startsWith('APP_') || /^(ConfBridge|MixMonitor|Queue|VoiceMail)$/i.test(appname))

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
  const { ari, cel, experienced } = readRecording({ version, name })
  const events = ari.flatMap(decodeAri)
  const live = fold(events, 'live')
  const told = tellCel(cel)

  test('when ARI tells it, then it is what the people experienced', () => {
    expectExperienced(live.calls, experienced, { seconds: FRACTIONS, holds: true })
    expect(live.live).toEqual([])
  })

  test('when CEL tells it, then it is what the people experienced', () => {
    const seconds = version.endsWith('fractions') ? FRACTIONS : WHOLE_SECONDS
    expectExperienced(told.calls, experienced, { seconds, holds: false })
    expect(told.live).toEqual([])
  })

  test('when both tell it, then they tell the same call', () => {
    expect(told.calls.map(essence)).toEqual(live.calls.map(essence))
    const tolerance = version.endsWith('fractions') ? 0.3 : 1.1
    for (const [index, call] of live.calls.entries()) {
      expectNear('talkSeconds', told.calls[index]?.talkSeconds ?? Number.NaN, call.talkSeconds, tolerance)
      expectNear('waitSeconds', told.calls[index]?.waitSeconds ?? Number.NaN, call.waitSeconds, tolerance)
      expect(told.calls[index]?.hangupCause).toBe(call.hangupCause)
    }
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
