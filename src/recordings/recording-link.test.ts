import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { forgivingKeys } from './forgiving.ts'
import { KeyRingError, openKeyRing } from './key-ring.ts'
import { recordingLink } from './recording-link.ts'
import { isSigned, sign } from './signature.ts'

const place = mkdtempSync(join(tmpdir(), 'callweave-keys-'))
afterAll(() => rmSync(place, { recursive: true }))
const directory = () => mkdtempSync(join(place, 'state-'))
const now = () => Date.parse('2026-11-20T12:00:00Z')
const call = {
  ...{ id: '1795164754.2#2', linkedids: [], startedAt: now(), endedAt: now(), answered: true },
  ...{ client: '+79221532327', line: '7001', recordings: ['/m/in a.wav'] },
}
const settings = { pbx: 'main', publicUrl: 'https://pbx.example.com:8078/', storageLink: undefined, timeZone: 'UTC' }

test('given a recorded call, then its link is signed, lasts over restarts, and is for this call of this PBX only', () => {
  const state = directory()
  const link = new URL(recordingLink(call, settings, openKeyRing(state, now)) ?? '')
  expect(link.href).toMatch(
    /^https:\/\/pbx\.example\.com:8078\/records\/1795164754\.2%232\.mp3\?sig=k[0-9a-f]{6}\.[\w-]{43}$/,
  )
  const { find } = openKeyRing(state, now)
  const signature = link.searchParams.get('sig') ?? ''
  expect(isSigned(signature, 'main', call.id, find)).toBe(true)
  expect(isSigned(signature, 'other', call.id, find)).toBe(false)
  expect(isSigned(signature, 'main', '1795164754.2', find)).toBe(false)
  expect(isSigned(`${signature}A`, 'main', call.id, find)).toBe(false)
  expect(isSigned('', 'main', call.id, find)).toBe(false)
})

test('given nobody talked, no file known or no public address, then there is no link', () => {
  const keys = openKeyRing(directory(), now)
  expect(recordingLink({ ...call, answered: false }, settings, keys)).toBeUndefined()
  expect(recordingLink({ ...call, recordings: [] }, settings, keys)).toBeUndefined()
  expect(recordingLink({ ...call, recordings: [] }, settings, keys, true)).toBeDefined()
  expect(recordingLink(call, { ...settings, publicUrl: undefined }, keys)).toBeUndefined()
})

test('given a storage of the customer’s, then its template makes the link, and what strangers wrote stays one piece', () => {
  const storageLink = 'https://s.example.com/{year}/{file}/{client}/{id}.mp3'
  const strange = { ...call, client: '1/../2?x#y' }
  expect(recordingLink(strange, { ...settings, storageLink }, openKeyRing(directory(), now))).toBe(
    'https://s.example.com/2026/in%20a/1%2F..%2F2%3Fx%23y/1795164754.2%232.mp3',
  )
})

test('given a key retired beside a running service, then its links die, others live, and a new one signs', () => {
  const state = directory()
  const running = openKeyRing(state, now)
  const first = running.current()
  if (!first) throw new Error('no key')
  const beside = openKeyRing(state, now)
  const second = beside.add()
  const old = sign(first, 'main', 'a')
  expect(running.current()?.id).toBe(second.id)
  expect(isSigned(old, 'main', 'a', running.find)).toBe(true)
  beside.retire(first.id)
  expect(isSigned(old, 'main', 'a', running.find)).toBe(false)
  expect(running.list().map(({ current }) => current)).toEqual([false, true])
  beside.retire(second.id)
  expect(running.current()).toBeUndefined()
  expect(recordingLink(call, settings, running)).toBeUndefined()
  expect(() => beside.retire('knone')).toThrow(KeyRingError)
  expect(statSync(join(state, 'recording-keys.json')).mode & 0o777).toBe(0o600)
})

test('given a damaged file of keys, then it is told without its secrets, and not replaced', () => {
  const state = directory()
  const secret = openKeyRing(state, now).current()?.secret.toString('base64') ?? 'none'
  const file = join(state, 'recording-keys.json')
  const damaged = readFileSync(file, 'utf8').slice(0, -5)
  writeFileSync(file, damaged)
  expect(() => openKeyRing(state, now)).toThrow(/restore it from a backup/)
  expect(() => openKeyRing(state, now)).not.toThrow(secret)
  expect(readFileSync(file, 'utf8')).toBe(damaged)
})

test('given keys that cannot be read, then there is no link, it is told once a minute, and a mended file works at once', () => {
  const state = directory()
  const file = join(state, 'recording-keys.json')
  openKeyRing(state, now)
  const good = readFileSync(file, 'utf8')
  const told: unknown[] = []
  const keys = forgivingKeys(
    () => openKeyRing(state, now),
    (error) => told.push(error),
    () => 0,
  )
  writeFileSync(file, 'damaged')
  expect(recordingLink(call, settings, keys)).toBeUndefined()
  expect([keys.find('k'), keys.list()]).toEqual([undefined, []])
  expect(told).toHaveLength(1)
  writeFileSync(file, good)
  expect(recordingLink(call, settings, keys)).toBeDefined()
})
