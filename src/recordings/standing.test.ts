import { expect, test } from 'vitest'
import { standingOf } from './standing.ts'
import { wavState } from './wav-header.ts'

const now = 1_000_000
const rules = { now, stableMs: 2_000, waitedEnough: false }
const over = { ...rules, waitedEnough: true }
const file = (ageMs: number | undefined) => ({
  path: '/m/a',
  bytes: 9_000,
  changedAt: ageMs === undefined ? undefined : now - ageMs,
})
const look = (ageMs: number | undefined, wav?: 'closed' | 'open' | 'empty', sameForMs = 0) => ({
  seen: file(ageMs),
  wav,
  sameForMs,
})

test('given no file, then it is awaited until its time is over', () => {
  const nothing = { seen: undefined, wav: undefined, sameForMs: 0 }
  expect([standingOf(nothing, rules), standingOf(nothing, over)]).toEqual(['awaited', 'nothing'])
})

test('given a file that rests, then it is finished; one that grows is awaited however late', () => {
  expect(standingOf(look(3_000, 'closed'), rules)).toBe('finished')
  expect(standingOf(look(500, 'closed'), rules)).toBe('awaited')
  expect(standingOf(look(500, 'closed'), over)).toBe('awaited')
})

test('given a WAV that Asterisk has not closed, then it is awaited, and played as far as it goes when nobody will close it', () => {
  expect(standingOf(look(60_000, 'open'), rules)).toBe('awaited')
  expect(standingOf(look(500, 'open'), over)).toBe('awaited')
  expect(standingOf(look(60_000, 'open'), over)).toBe('finished')
})

test('given a file without a sound, then there is nothing once it was waited for', () => {
  expect([standingOf(look(3_000, 'empty'), rules), standingOf(look(3_000, 'empty'), over)]).toEqual([
    'awaited',
    'nothing',
  ])
})

test('given a source that tells no time, then the same size for a while is rest, and after the wait it is believed at once', () => {
  expect(standingOf(look(undefined, undefined, 500), rules)).toBe('awaited')
  expect(standingOf(look(undefined, undefined, 2_500), rules)).toBe('finished')
  expect(standingOf(look(undefined), over)).toBe('finished')
})

test('given a file server whose clock is ahead, then watching tells', () => {
  expect(standingOf(look(-60_000, 'closed'), rules)).toBe('awaited')
  expect(standingOf(look(-60_000, 'closed', 2_500), rules)).toBe('finished')
})

function wav(dataLength: number): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(dataLength, 40)
  return head
}

test('given the first bytes of a WAV, then its header tells whether Asterisk has closed it', () => {
  expect(wavState(wav(0), 44 + 16_000)).toBe('open')
  expect(wavState(wav(16_000), 44 + 16_000)).toBe('closed')
  expect(wavState(wav(16_000), 44 + 8_000)).toBe('open')
  expect(wavState(wav(0), 44)).toBe('empty')
  expect(wavState(Buffer.alloc(0), 0)).toBe('empty')
  expect(wavState(Buffer.from('OggS'), 900)).toBe('no-wav')
})
