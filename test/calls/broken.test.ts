import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAriMessage } from '../../src/asterisk/ari-message.ts'
import { createAsterisk } from '../../src/asterisk/asterisk-link.ts'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { createCallTracker } from '../../src/calls/call-tracker.ts'
import { createCallPump } from '../../src/live/call-pump.ts'
import { decodeCel } from '../../src/reconciliation/decode-cel.ts'
import { type FakeAri, startFakeAri } from '../fake-ari/fake-ari.ts'
import { expectValid } from './generated/valid-call.ts'
import { staff, watchedFold } from './generated/watched-fold.ts'
import { readRecording } from './recording.ts'

/** A corpus of broken input: never a throw, always a counted and logged drop, and the calls around it are told as ever. */

const read = (name: string) => readFileSync(join(import.meta.dirname, 'broken', name), 'utf8')
const linesOf = (name: string) =>
  read(name)
    .split('\n')
    .filter((line) => line !== '')
const rowsOf = (name: string): readonly unknown[] => JSON.parse(read(name))

const huge = 'x'.repeat(300_000)
const timestamp = '2026-11-20T08:52:34.091+0000'
const dropped = [...linesOf('ari-dropped.txt'), '', ' ', huge, `{"type":"Dial","dialstring":"${huge}"}`]
const harmless = [
  ...linesOf('ari-harmless.txt'),
  JSON.stringify({ type: huge, timestamp }),
  JSON.stringify({ type: 'ChannelDestroyed', timestamp, channel: { id: huge, name: `Local/${huge};1` } }),
  JSON.stringify({
    type: 'ChannelLeftBridge',
    timestamp,
    channel: { id: '404.1', name: 'PJSIP/101-404' },
    bridge: { id: huge },
  }),
  `{"type":"Deep","timestamp":"${timestamp}","deep":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
]
const { ari, cel } = readRecording({ version: '22', name: 'in-blind-refer' })
const good = ari.map((message) => JSON.stringify(message))
const CALL: string = JSON.parse(good[0] ?? '{}').channel.id

/** The broken ones spread among the good ones, each once. */
function among<T>(goods: readonly T[], broken: readonly T[]): readonly T[] {
  const share = Math.ceil(broken.length / goods.length)
  return goods.flatMap((each, index) => [each, ...broken.slice(index * share, (index + 1) * share)])
}

const essence = (events: readonly CallEvent[]) =>
  watchedFold([...events, { kind: 'clock', at: Date.parse('2026-11-21T00:00:00Z') }], expectValid).ended.filter(
    ({ id }) => id === CALL,
  )

afterEach(() => expect(Object.prototype).not.toHaveProperty('polluted'))

describe('given broken ARI messages among those of a call', () => {
  let fake: FakeAri
  const stop = new AbortController()

  beforeEach(async () => {
    fake = await startFakeAri()
  })
  afterEach(async () => {
    stop.abort()
    await fake[Symbol.asyncDispose]()
  })

  test('when they come through the socket, then each is counted and logged, the link stands, and the call is told', async () => {
    const logged: string[] = []
    const note = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
    const address = { url: fake.url, user: 'callweave', password: 'p', application: 'callweave' }
    const link = createAsterisk({ ari: address, log: { debug: note, info: note, warn: note, error: note } })
    const tracker = createCallTracker({ staff, country: 'RU' })
    const failed: unknown[] = []
    using pump = createCallPump({
      tracker,
      asteriskNow: () => Date.parse('2026-11-20T08:00:00Z'),
      react: ({ call }) => expectValid(call, Date.parse('2026-11-21T00:00:00Z')),
      failed: (error) => failed.push(error),
    })
    const frames = among(good, [...dropped, ...harmless])
    for await (const message of link.messages(stop.signal)) {
      if (message.kind === 'up') for (const frame of frames) fake.say(frame)
      if (message.kind === 'call-events') pump.take(message.events)
      const { eventsSeen, eventsDropped } = link.status()
      if (eventsDropped + eventsSeen >= frames.length + 1) break
    }
    expect(failed).toEqual([])
    expect(link.status()).toMatchObject({ eventsDropped: dropped.length, reconnects: 0 })
    const drops = logged.filter((line) => line.startsWith('ARI message left out'))
    expect(drops).toHaveLength(dropped.length)
    expect(Math.max(...drops.map(({ length }) => length))).toBeLessThan(2_000)
    pump.take([{ kind: 'clock', at: Date.parse('2026-11-21T00:00:00Z') }])
    const [expected] = essence(good.flatMap(eventsOf))
    expect(tracker.find(CALL)).toEqual(expected)
  })

  test.each(dropped)('when %.60s comes, then the reason is told', (frame) => {
    expect(readAriMessage(frame, 'callweave')).toEqual({ kind: 'malformed', reason: expect.stringMatching(/./) })
  })

  test('when harmless ones come one by one, then none is a drop and the call stays as it is', () => {
    const expected = essence(good.flatMap(eventsOf))
    expect(expected).toHaveLength(1)
    for (const frame of harmless) {
      expect(readAriMessage(frame, 'callweave').kind, frame.slice(0, 100)).toBe('event')
      expect(essence(among(good, [frame]).flatMap(eventsOf)), frame.slice(0, 100)).toEqual(expected)
    }
  })
})

describe('given broken CEL rows among those of a call', () => {
  const told = (rows: readonly unknown[]) => {
    const leftOut: number[] = []
    const events = decodeCel(rows, { leftOut: (index) => leftOut.push(index) })
    return {
      calls: watchedFold([...events, { kind: 'clock', at: Date.parse('2026-11-21T00:00:00Z') }], expectValid, 'cel')
        .ended,
      leftOut,
    }
  }
  const expected = told(cel).calls

  test('when they are read, then each is left out and named, and the call is told', () => {
    const broken = rowsOf('cel-dropped.json')
    const rows = among<unknown>(cel, broken)
    const { calls, leftOut } = told(rows)
    expect(calls).toEqual(expected)
    expect(leftOut.toSorted((a, b) => a - b).map((index) => rows[index])).toEqual(broken)
  })

  test('when rows are of unknown kinds or channels, or hold what nobody expects, then the call is told all the same', () => {
    for (const row of rowsOf('cel-harmless.json')) {
      const { calls, leftOut } = told(among<unknown>(cel, [row]))
      expect(leftOut).toEqual([])
      expect(
        calls.filter(({ id }) => id === expected[0]?.id),
        JSON.stringify(row),
      ).toEqual(expected)
    }
  })

  test('when a text is huge, then it is read as any other', () => {
    const [first] = cel
    const row = {
      ...first,
      uniqueid: '404.1',
      linkedid: '404.1',
      channame: huge,
      appdata: huge,
      peer: huge,
      extra: `{${huge}`,
    }
    expect(told([row, ...cel]).calls.filter(({ id }) => id === expected[0]?.id)).toEqual(expected)
  })
})

function eventsOf(frame: string): readonly CallEvent[] {
  const message = readAriMessage(frame, 'callweave')
  return message.kind === 'event' ? message.events : []
}
