import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { keepPulse } from './pulse.ts'
import { createSystemd, type Notice } from './systemd.ts'

const log = pino({ level: 'silent' })

async function pulseFor(ms: number, beat: () => Promise<void>, watchdogMs: number | undefined) {
  const notices: Notice[] = []
  const taken: number[] = []
  const systemd = { watchdogMs, notify: async (notice: Notice) => void notices.push(notice) }
  const deps = {
    systemd,
    beat,
    beaten: (took: number) => void taken.push(took),
    status: () => 'fine',
    log,
    everyMs: 20,
  }
  await keepPulse(deps, AbortSignal.timeout(ms))
  return { notices, taken }
}

test('given a store that answers, when time goes by, then a sign of life comes again and again', async () => {
  const { notices, taken } = await pulseFor(110, async () => undefined, 3_000)
  expect(notices.length).toBeGreaterThanOrEqual(3)
  expect(taken).toHaveLength(notices.length)
  expect(notices[0]).toEqual({ READY: '1', WATCHDOG: '1', STATUS: 'fine' })
})

test('given a store that refuses, when time goes by, then it lives; one that says nothing does not', async () => {
  const refusing = await pulseFor(60, () => Promise.reject(new Error('the disk is full')), 3_000)
  expect(refusing.notices.length).toBeGreaterThan(0)
  expect((await pulseFor(60, () => sleep(1_000), 3_000)).notices).toEqual([])
})

test('given a systemd that does not look for a pulse, when told, then nothing is said of it; without one nothing is done', async () => {
  expect((await pulseFor(30, async () => undefined, undefined)).notices[0]).toEqual({ READY: '1', STATUS: 'fine' })
  expect(createSystemd({ env: {}, pid: 1, log }).watchdogMs).toBeUndefined()
  const env = { NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }
  expect(createSystemd({ env, pid: 7, log }).watchdogMs).toBe(60_000)
  expect(createSystemd({ env, pid: 8, log }).watchdogMs).toBeUndefined()
})

test('given a systemd that cannot be told, when notified, then it is logged once and nothing breaks', async () => {
  const lines: string[] = []
  const told = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const systemd = createSystemd({ env: { NOTIFY_SOCKET: '/nowhere', PATH: '/nowhere' }, pid: 1, log: told })
  await systemd.notify({ READY: '1' })
  await systemd.notify({ READY: '1' })
  expect(lines).toHaveLength(1)
})
