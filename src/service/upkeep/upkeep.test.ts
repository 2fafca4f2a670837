import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Upkeep } from '../../store/upkeep-ports.ts'
import { backupName } from './daily-backup.ts'
import { createUpkeep } from './upkeep.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 20, 12)
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cw-upkeep-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test('given copies of the days before, when a day has passed, then one more is made and those too old go', async () => {
  for (const days of [1, 3, 8, 9]) await copyOf(NOW - days * DAY)
  await writeFile(join(directory, 'mine.db'), 'not ours')
  const it = upkeep({})
  await it.ran()
  const names = await readdir(directory)
  expect(names.toSorted()).toEqual([...[0, 1, 3].map((days) => backupName(NOW - days * DAY)), 'mine.db'].toSorted())
  expect(await it.status()).toMatchObject({ lastBackupAt: NOW, lastBackupBytes: 4, trouble: undefined })
})

test.each([
  ['an hour old', NOW - 3_600_000, 0],
  ['out of the future, by a clock that was wrong', NOW + 9 * DAY, 1],
])('given a copy %s, when it is looked at, then as many are made as are due', async (_, madeAt, made) => {
  await copyOf(madeAt)
  const it = upkeep({})
  await it.ran()
  expect(it.calls.filter((call) => call === 'backup')).toHaveLength(made)
})

test('given no room for a copy, when it is due, then that is told, and what is old still goes', async () => {
  const it = upkeep({ backup: async () => Promise.reject(new Error('no room')) }, 3_600_001)
  await it.ran()
  expect((await it.status()).trouble).toContain('no room')
  expect(it.calls).toContain('events')
})

test('given a service that has just started, when it is looked at, then nothing goes by its age yet', async () => {
  const it = upkeep({}, 3_500_000)
  await it.ran()
  expect(it.calls).toEqual(['backup'])
})

test('given much that is old, when it goes, then it does so in small slices until there is none left', async () => {
  let left = 3
  const it = upkeep({ dropEvents: async () => left-- > 0 }, 3_600_001)
  await it.ran(1_200)
  expect(left).toBeLessThan(0)
  expect(it.calls.filter((call) => call === 'backup')).toHaveLength(1)
})

async function copyOf(at: number): Promise<void> {
  const file = join(directory, backupName(at))
  await writeFile(file, 'copy')
  await utimes(file, at / 1000, at / 1000)
}

/** Both clocks go evenly and have gone `up` milliseconds when they are looked at for the second time. */
function upkeep(change: Partial<Upkeep>, up = 0) {
  const calls: string[] = []
  const store: Upkeep = {
    backup: async (file) => {
      calls.push('backup')
      await writeFile(file, 'copy')
      await utimes(file, NOW / 1000, NOW / 1000)
      return { file, bytes: 4, tookMs: 1 }
    },
    dropEvents: async () => {
      calls.push('events')
      return false
    },
    fadeCalls: async () => false,
    forgetPerson: () => Promise.reject(new Error('nobody asks for that')),
    shrink: async () => false,
    ...change,
  }
  let looks = 0
  const steady = () => (looks++ === 0 ? 0 : up)
  const now = () => NOW + (looks > 1 ? up : 0)
  const days = { backupDays: 7, keepEventsDays: 90, keepDays: 1_000 }
  const log = pino({ level: 'silent' })
  const made = createUpkeep({ store, directory, ...days, now, steady, log, everyMs: 20 })
  const ran = async (ms = 150) => {
    const ending = new AbortController()
    const running = made.run(ending.signal)
    await sleep(ms)
    ending.abort()
    await running
  }
  return { calls, ran, status: made.status }
}
