import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeAri } from '../asterisk/decode-ari.ts'
import type { Call, Evidence } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { createCallTracker } from '../calls/call-tracker.ts'
import { decodeCel } from '../reconciliation/decode-cel.ts'

/**
 * Real calls of Asterisk 16 and 22, told by both witnesses, against what the people on the phones experienced
 * (`test/fixtures/record.ts` records them).
 */
const CALLS = join(import.meta.dirname, '../../test/fixtures/calls')
const staff = {
  internal: /^1\d\d$/,
  people: [{ extension: '105', mobiles: ['79990001122'] }],
}

type Row = Readonly<Record<string, unknown>> & {
  readonly eventtype: string
  readonly eventtime: string
  readonly appname: string
}

interface ExperiencedPerson {
  readonly extension: string
  readonly external?: string
  readonly rang: boolean
  readonly rangSeconds?: number | null
  readonly talkSeconds: number | null
  readonly holdSeconds?: number
}

interface Experienced {
  readonly direction: string
  readonly client: string
  readonly line: string
  readonly result: string
  readonly waitSeconds?: number | null
  readonly talkSeconds: number | null
  readonly responsible: string
  readonly hangupCause?: number
  readonly people: readonly ExperiencedPerson[]
  readonly transfers?: readonly unknown[]
  readonly ivr?: string
  readonly recordings?: number
}

function fold(events: readonly CallEvent[], evidence: Evidence) {
  const tracker = createCallTracker({ staff, country: 'RU', evidence })
  const calls: Call[] = []
  const kept = new Map<string, readonly CallEvent[]>()
  const take = (event: CallEvent) => {
    for (const phase of tracker.take(event)) {
      if (phase.kind !== 'ended') continue
      calls.push(phase.call)
      kept.set(phase.call.id, tracker.events(phase.call.id))
    }
  }
  for (const event of events) take(event)
  take({ kind: 'clock', at: Math.max(...events.map(({ at }) => at)) + 10_000 })
  return { calls: calls.toSorted((a, b) => (a.id < b.id ? -1 : 1)), kept, live: tracker.live() }
}

const cel = (rows: readonly Row[]) => fold(decodeCel(rows), 'cel')

/** Whole seconds at both ends of a stretch; the script's own moments are some tenths off as well. */
const WHOLE_SECONDS = 1.3
const FRACTIONS = 0.5

function expectExperienced(
  calls: readonly Call[],
  experienced: readonly Experienced[],
  tolerance: number,
  holds: boolean,
): void {
  expect(calls.map(({ direction, client }) => `${direction} ${client}`).toSorted()).toEqual(
    experienced.map(({ direction, client }) => `${direction} ${client}`).toSorted(),
  )
  for (const wanted of experienced.filter(({ result }) => result !== '')) {
    const call = calls.find(({ direction, client }) => direction === wanted.direction && client === wanted.client)
    if (!call) throw new Error('missing')
    expect({
      line: call.line,
      result: call.result,
      answered: call.answered,
      responsible: call.responsible,
      hangupCause: wanted.hangupCause === undefined ? undefined : call.hangupCause,
      ivr: call.ivr,
      recordings: call.recordings.length,
      transfers: call.transfers.map(({ kind, from, to }) => ({ kind, from, to })),
      people: call.people.map(({ extension, external, rang }) => `${extension} ${external} ${rang}`).toSorted(),
    }).toEqual({
      line: wanted.line,
      result: wanted.result,
      answered: wanted.result === 'answered',
      responsible: wanted.responsible,
      hangupCause: wanted.hangupCause,
      ivr: wanted.ivr ?? '',
      recordings: wanted.recordings ?? 0,
      transfers: wanted.transfers ?? [],
      people: wanted.people.map(({ extension, external, rang }) => `${extension} ${external} ${rang}`).toSorted(),
    })
    expectNear('waitSeconds', call.waitSeconds, wanted.waitSeconds, tolerance)
    expectNear('talkSeconds', call.talkSeconds, wanted.talkSeconds, tolerance)
    for (const person of wanted.people) {
      const told = call.people.find(({ extension }) => extension === person.extension)
      if (!told) throw new Error('missing')
      expectNear(`${person.extension} rangSeconds`, told.rangSeconds, person.rangSeconds, tolerance)
      expectNear(`${person.extension} talkSeconds`, told.talkSeconds, person.talkSeconds, tolerance)
      if (holds) expectNear(`${person.extension} holdSeconds`, told.holdSeconds, person.holdSeconds, tolerance)
    }
  }
}

function expectNear(what: string, told: number, wanted: number | null | undefined, tolerance: number): void {
  if (wanted === null || wanted === undefined) return
  expect(Math.abs(told - wanted), `${what}: ${told} told, ${wanted} experienced`).toBeLessThanOrEqual(tolerance)
}

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

const isFreePbxRow = ({ eventtype, appname }: Row) =>
  !/^(STREAM_|DTMF)/.test(eventtype) &&
  (!eventtype.startsWith('APP_') || /^(ConfBridge|MixMonitor|Queue|VoiceMail)$/i.test(appname))

function inMoscow(row: Row): Row {
  const [seconds = '', fraction] = row.eventtime.split('.')
  const local = new Date(Date.parse(`${seconds.replace(' ', 'T')}Z`) + 3 * 3_600_000).toISOString()
  return { ...row, eventtime: local.slice(0, 19).replace('T', ' ') + (fraction === undefined ? '' : `.${fraction}`) }
}

const versions = readdirSync(CALLS)
const scenarios = versions.flatMap((version) =>
  readdirSync(join(CALLS, version))
    .filter((name) => name.endsWith('.experienced.json'))
    .map((name) => ({ version, name: basename(name, '.experienced.json') })),
)

test('given the fixtures, then both versions are there', () => {
  expect(versions).toEqual(expect.arrayContaining(['16', '22']))
  expect(scenarios.length).toBeGreaterThan(80)
})

describe.each(scenarios)('given the recorded call $name of Asterisk $version', ({ version, name }) => {
  const read = (suffix: string) => readFileSync(join(CALLS, version, `${name}${suffix}`), 'utf8')
  const messages = read('.ari.ndjson')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
  const rows: readonly Row[] = JSON.parse(read('.cel.json'))
  const experienced: readonly Experienced[] = JSON.parse(read('.experienced.json'))
  const events = messages.flatMap(decodeAri)
  const live = fold(events, 'live')
  const told = cel(rows)

  test('when ARI tells it, then it is what the people experienced', () => {
    expectExperienced(live.calls, experienced, FRACTIONS, true)
    expect(live.live).toEqual([])
  })

  test('when CEL tells it, then it is what the people experienced', () => {
    expectExperienced(told.calls, experienced, version.endsWith('fractions') ? FRACTIONS : WHOLE_SECONDS, false)
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
    const bare = JSON.parse(JSON.stringify(messages), (key, value) => (key === 'channelvars' ? undefined : value))
    const strip = (call: Call) => ({ ...call, linkedids: [], recordings: [] })
    expect(fold(bare.flatMap(decodeAri), 'live').calls.map(strip)).toEqual(live.calls.map(strip))
  })

  test('when the table is in local time, then the uniqueids give the zone', () => {
    const plain = rows.some(({ uniqueid }) => /^\d+\.\d+$/.test(String(uniqueid)))
    // A click whose channels all carry ids of ours tells no time: then the configuration must.
    const events = decodeCel(rows.map(inMoscow), plain ? {} : { timeZone: 'Europe/Moscow' })
    expect(fold(events, 'cel').calls).toEqual(told.calls)
  })

  test('when extra is called eventextra, then nothing changes', () => {
    expect(cel(rows.map(({ extra, ...row }) => ({ ...row, eventextra: extra }) as unknown as Row)).calls).toEqual(
      told.calls,
    )
  })

  test('when CEL logs only the applications FreePBX asks for, then it is the same call', () => {
    const bare = cel(rows.filter(isFreePbxRow)).calls.map((call) => ({ ...call, ivr: '' }))
    expect(bare).toEqual(told.calls.map((call) => ({ ...call, ivr: '' })))
  })

  test('when the schema has no extra, then people and times are the same', () => {
    const bare = cel(rows.map(({ extra: _, ...row }) => row as unknown as Row)).calls
    const strip = ({ id, direction, client, line, talkSeconds, waitSeconds, people, responsible }: Call) => ({
      ...{ id, direction, client, line, talkSeconds, waitSeconds, people, responsible },
    })
    expect(bare.map(strip)).toEqual(told.calls.map(strip))
  })
})
