import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { Converter } from './converter.ts'
import { RecordingGone, RecordingNotYet, SourceUnavailable, TooBusy } from './errors.ts'
import { fileSource } from './file-source.ts'
import { createFinder } from './finder.ts'
import { openMp3Cache } from './mp3-cache.ts'
import { createPlayer } from './player.ts'
import type { RecordedCall } from './recorded-call.ts'
import { createRecordingWatch } from './watch.ts'

const place = mkdtempSync(join(tmpdir(), 'callweave-player-'))
afterAll(() => rmSync(place, { recursive: true }))
const ending = new AbortController()
afterAll(() => ending.abort())

const recorded = (id: string, recordings: readonly string[], endedAgoMs = 600_000): RecordedCall => ({
  ...{ id, linkedids: [id], startedAt: Date.now() - endedAgoMs - 9_000, endedAt: Date.now() - endedAgoMs },
  ...{ answered: true, client: '', line: '', recordings },
})

/** A player over real files, with a converter that copies what it is given after a moment. */
async function stage(
  options: { cdr?: readonly string[]; storage?: string; rename?: (name: string) => Promise<string> } = {},
) {
  const directory = mkdtempSync(join(place, 'monitor-'))
  const settings = {
    ...{ directory, otherDirectories: [], path: '{directory}/{file}', timeZone: 'UTC' },
    ...{ stableSeconds: 0.5, waitSeconds: 60 },
  }
  const source = fileSource({ mounts: [], directories: [directory] })
  const finder = createFinder({
    ...{ settings, source, now: Date.now },
    recordingFilesOf: async () => options.cdr ?? [],
    ...(options.rename && { rename: options.rename }),
    ...(options.storage !== undefined && { storage: async () => options.storage }),
  })
  const seen = { made: 0, atOnce: 0, most: 0 }
  const converter: Converter = {
    tool: async () => 'lame',
    async convert(parts, output) {
      seen.made += 1
      seen.atOnce += 1
      seen.most = Math.max(seen.most, seen.atOnce)
      await sleep(20)
      seen.atOnce -= 1
      await writeFile(output, parts.map(({ path }) => path.slice(directory.length + 1)).join('+'))
    },
  }
  const cache = await openMp3Cache({ directory: mkdtempSync(join(place, 'cache-')), limitBytes: 1e6, now: Date.now })
  const player = createPlayer({
    ...{ finder, source, converter, cache, signal: ending.signal, waitSeconds: 60, now: Date.now, patienceMs: 0 },
  })
  const put = (name: string, agoSeconds = 60) => {
    writeFileSync(join(directory, name), name)
    const at = Date.now() / 1000 - agoSeconds
    utimesSync(join(directory, name), at, at)
  }
  return { directory, finder, player, seen, put, settings }
}

test('given many who listen to one call at once, then it is made once; given many calls, then two are made at a time', async () => {
  const { player, seen, put } = await stage()
  for (const name of ['a.gsm', 'b.gsm', 'c.gsm', 'd.gsm']) put(name)
  await Promise.all([1, 2, 3].map(() => player.play(recorded('a', ['a.gsm']))))
  expect(seen.made).toBe(1)
  await player.play(recorded('a', ['a.gsm']))
  expect(seen.made).toBe(1)
  await Promise.all(['b', 'c', 'd'].map((id) => player.play(recorded(id, [`${id}.gsm`]))))
  expect([seen.made, seen.most]).toEqual([4, 2])
})

test('given more than can be served in reasonable time, then the rest is told to come again', async () => {
  const { player, put } = await stage()
  put('a.gsm')
  const all = await Promise.allSettled(Array.from({ length: 40 }, (_, at) => player.play(recorded(`${at}`, ['a.gsm']))))
  const refused = all.filter((one) => one.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  for (const { reason } of refused) expect(reason).toBeInstanceOf(TooBusy)
})

test('given parts of a call, then they come in order, each once, and a part that never came is left out in the end', async () => {
  const { player, put, directory, seen } = await stage()
  put('1.gsm')
  put('2.gsm')
  const names = [join(directory, '1.gsm'), 'never.gsm', '2.gsm', '1.gsm']
  const played = await player.play(recorded('a', names))
  expect(played.kind === 'mp3' && played.mp3.bytes).toBe('1.gsm+2.gsm'.length)
  await expect(player.play(recorded('b', names, 5_000))).rejects.toBeInstanceOf(RecordingNotYet)
  expect(seen.made).toBe(1)
})

test('given an MP3 already, then it is served as it is', async () => {
  const { player, put, directory, seen } = await stage()
  put('a.mp3')
  expect(await player.play(recorded('a', ['a.wav']))).toMatchObject({
    kind: 'mp3',
    mp3: { path: join(directory, 'a.mp3') },
  })
  expect(seen.made).toBe(0)
})

test('given a call that lives, then not yet; given nothing ever came, then gone', async () => {
  const { player } = await stage()
  await expect(player.play({ ...recorded('a', ['a.gsm']), endedAt: undefined })).rejects.toBeInstanceOf(RecordingNotYet)
  await expect(player.play(recorded('a', ['a.gsm']))).rejects.toBeInstanceOf(RecordingGone)
  await expect(player.play(recorded('a', []))).rejects.toBeInstanceOf(RecordingGone)
})

test('given a call that Asterisk named no file of, then the CDR’s is taken; a storage’s answer comes before all', async () => {
  const named = await stage({ cdr: ['c.gsm'] })
  named.put('c.gsm')
  expect(await named.finder.find(recorded('a', []), ending.signal)).toMatchObject({ state: 'ready' })
  const stored = await stage({ storage: 'https://s.example.com/a.mp3' })
  expect(await stored.player.play(recorded('a', ['c.gsm']))).toEqual({
    kind: 'elsewhere',
    url: 'https://s.example.com/a.mp3',
  })
  const outside = await stage({ storage: '/etc/passwd' })
  await expect(outside.player.play(recorded('a', []))).rejects.toBeInstanceOf(RecordingGone)
})

test('given a call that has ended, when its file comes, then whoever waits is told once; when it cannot be looked for, that is told', async () => {
  const { finder, put, settings } = await stage()
  const told: string[] = []
  const watching = createRecordingWatch({
    ...{ finder, settings, now: Date.now, signal: ending.signal, pauses: [20] },
    onFound: ({ id }) => told.push(`found ${id}`),
    onGone: ({ id }) => told.push(`gone ${id}`),
    failed: () => told.push('failed'),
  })
  const call = recorded('a', ['late.gsm'], 1_000)
  watching.watch(call)
  watching.watch(call)
  expect(watching.watched()).toBe(1)
  await sleep(60)
  expect(told).toEqual([])
  put('late.gsm', 0)
  await expect.poll(() => told, { timeout: 3_000 }).toEqual(['found a'])
  watching.watch(recorded('b', ['never.gsm']))
  await expect.poll(() => told).toEqual(['found a', 'gone b'])
  const broken = createRecordingWatch({
    ...{ settings, now: Date.now, signal: ending.signal, pauses: [5] },
    finder: { find: () => Promise.reject(new SourceUnavailable('no line')) },
    onFound: () => undefined,
    onGone: ({ id }) => told.push(`gone ${id}`),
    failed: () => told.push('failed'),
  })
  broken.watch(recorded('c', ['c.gsm']))
  await expect.poll(() => told).toEqual(['found a', 'gone b', 'failed', 'gone c'])
})

test('given a script that names recordings, when one is looked for, then by the script’s name, also where Asterisk named none', async () => {
  const { finder, put, directory } = await stage({
    rename: async (name) => (name === '' ? 'late.gsm' : `moved-${name}`),
  })
  for (const name of ['moved-a.gsm', 'late.gsm', 'a.gsm']) put(name)
  const found = (names: readonly string[]) => finder.find(recorded(`renamed-${names.length}`, names), ending.signal)
  expect(await found(['a.gsm'])).toMatchObject({ state: 'ready', parts: [{ path: join(directory, 'moved-a.gsm') }] })
  expect(await found([])).toMatchObject({ state: 'ready', parts: [{ path: join(directory, 'late.gsm') }] })
})
