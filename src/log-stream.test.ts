import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from './log.ts'
import { openLogStream } from './log-stream.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-log-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const textOf = (name: string) => readFile(join(folder, name), 'utf8')

test('given a file, when lines are logged and it ends, then all of them stand there in order', async () => {
  const stream = openLogStream(join(folder, 'deep', 'log'))
  const log = createLog('info', stream)
  for (let n = 0; n < 500; n++) log.info({ n }, 'line')
  await stream[Symbol.asyncDispose]()
  const lines = (await textOf('deep/log')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 500 }, (_, n) => n))
})

test('given logrotate has renamed the file, when it is opened anew, then later lines go into the new one', async () => {
  await using stream = openLogStream(join(folder, 'log'))
  stream.write('before\n')
  await sleep(60)
  await rename(join(folder, 'log'), join(folder, 'log.1'))
  stream.reopen()
  stream.write('after\n')
  await expect.poll(() => textOf('log').catch(() => '')).toBe('after\n')
  expect(await textOf('log.1')).toBe('before\n')
})

test('given a full disk, when much is logged, then memory stays bounded, what is lost is counted, and all goes on', async () => {
  await symlink('/dev/full', join(folder, 'log'))
  const stream = openLogStream(join(folder, 'log'))
  for (let turn = 0; turn < 4; turn++) {
    stream.write(`${'x'.repeat(512 * 1024)}\n`)
    await sleep(60)
  }
  expect(stream.status()).toMatchObject({ trouble: expect.stringContaining('ENOSPC') })
  expect(stream.status().lost).toBeGreaterThan(0)
  await stream[Symbol.asyncDispose]()
})

test.each([
  ['nowhere to write to', '/dev/full'],
  ['a reader that is gone', 'pipe'],
])('given %s, when a process logs, then it ends by itself and in good order', (_, where) => {
  const program = `
    import { openLogStream } from ${JSON.stringify(new URL('./log-stream.ts', import.meta.url).href)}
    const stream = openLogStream()
    for (let n = 0; n < 5; n++) { stream.write('line\\n'); await new Promise((r) => setTimeout(r, 40)) }
    stream.write('last\\n')
    process.exitCode = 7`
  const command =
    where === 'pipe'
      ? '"$0" --input-type=module -e "$1" | true; echo $PIPESTATUS'
      : '"$0" --input-type=module -e "$1" >/dev/full; echo $?'
  const run = spawnSync('bash', ['-c', command, process.execPath, program], { encoding: 'utf8', timeout: 8_000 })
  expect(run.stdout.trim()).toBe('7')
})

test('given a process that fails, when it ends in the middle of a turn, then its last line is written', () => {
  const program = `
    import { openLogStream } from ${JSON.stringify(new URL('./log-stream.ts', import.meta.url).href)}
    const stream = openLogStream()
    await new Promise((r) => setTimeout(r, 20))
    stream.write('last words\\n')
    process.exit(3)`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 8_000 })
  expect([run.status, run.stdout]).toEqual([3, 'last words\n'])
})
