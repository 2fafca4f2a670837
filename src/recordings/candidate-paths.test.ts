import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { candidatePaths } from './candidate-paths.ts'
import { SourceUnavailable } from './errors.ts'
import { fileSource, mapped } from './file-source.ts'
import { quoted } from './sftp-source.ts'

const settings = {
  directory: '/spool/monitor',
  otherDirectories: ['/spool/recording'],
  path: '{directory}/{year}/{month}/{day}/{file}',
  timeZone: 'Asia/Vladivostok',
}
const at = Date.parse('2026-11-20T15:30:00Z')
const call = { startedAt: at, endedAt: at + 60_000 }
const never = new AbortController().signal
const wavs = (name: string) => candidatePaths(name, call, settings).filter((path) => path.endsWith('.wav'))

test('given a bare name, then the day is the PBX’s own, first the one that stands in the name', () => {
  expect(wavs('a.wav')).toEqual(['/spool/monitor/2026/11/21/a.wav', '/spool/monitor/a.wav', '/spool/recording/a.wav'])
  const named = 'in-7001-79221532327-20261119-235959-1.2.wav'
  expect(wavs(named)[0]).toBe(`/spool/monitor/2026/11/19/${named}`)
})

test('given a call over midnight, then both days are looked into', () => {
  const before = Date.parse('2026-11-20T13:59:50Z')
  const paths = candidatePaths('a.wav', { startedAt: before, endedAt: before + 60_000 }, settings)
  expect(paths).toContain('/spool/monitor/2026/11/20/a.wav')
  expect(paths).toContain('/spool/monitor/2026/11/21/a.wav')
})

test('given a whole path, then it is that file, or what a script made of it', () => {
  expect(candidatePaths('/spool/monitor/x/a.wav', call, settings)).toEqual([
    '/spool/monitor/x/a.wav',
    '/spool/monitor/x/a.mp3',
    '/spool/monitor/x/a.WAV',
  ])
})

test.each([
  '/etc/passwd',
  '../../etc/passwd',
  '/spool/monitor/../../etc/passwd',
  '/spool/monitor',
  '/spool/monitor-2/a.wav',
  'a\0.wav',
  '..',
])('given the name %j, then nothing outside of the configured places is ever looked at', (name) => {
  for (const path of candidatePaths(name, call, settings))
    expect(path).toMatch(/^\/spool\/(monitor|recording)\/(?!\.\.)[^\0]+$/)
})

test('given mounts, then the longest that fits maps a path, and only whole folders fit', () => {
  const mounts = [
    { pbx: '/spool', here: '/mnt/pbx' },
    { pbx: '/spool/monitor', here: '/mnt/monitor' },
  ]
  expect(mapped('/spool/monitor/2026/a.wav', mounts)).toBe('/mnt/monitor/2026/a.wav')
  expect(mapped('/spool/recording/a.wav', mounts)).toBe('/mnt/pbx/recording/a.wav')
  expect(mapped('/spool2/a.wav', mounts)).toBe('/spool2/a.wav')
})

const place = mkdtempSync(join(tmpdir(), 'callweave-files-'))
afterAll(() => rmSync(place, { recursive: true }))

test('given links, then what they lead to counts: the spool may be one, a recording that leads outside is not there', async () => {
  mkdirSync(join(place, 'disk'))
  writeFileSync(join(place, 'disk/a.wav'), 'sound')
  writeFileSync(join(place, 'secret.wav'), 'secret')
  symlinkSync(join(place, 'disk'), join(place, 'monitor'))
  symlinkSync(join(place, 'secret.wav'), join(place, 'disk/outside.wav'))
  const source = fileSource({
    mounts: [{ pbx: '/spool/monitor', here: join(place, 'monitor') }],
    directories: ['/spool/monitor'],
  })
  expect(await source.look(['/spool/monitor/a.wav'], never)).toMatchObject({
    bytes: 5,
    path: expect.stringMatching(/disk\/a\.wav$/),
  })
  expect(await source.look(['/spool/monitor/outside.wav'], never)).toBeUndefined()
  expect(await source.look(['/spool/monitor/none.wav'], never)).toBeUndefined()
  expect(await source.look(['/spool/monitor/'], never)).toBeUndefined()
})

test('given a strange name, then sftp takes it literally or it is refused', () => {
  expect(quoted('/m/a "b" [1]*?.wav')).toBe('"/m/a \\"b\\" \\[1\\]\\*\\?.wav"')
  expect(() => quoted('/m/a\nrm b')).toThrow(SourceUnavailable)
})
