import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import type { Registered } from '../registration/registrar.ts'
import { StoreError } from '../store/store-error.ts'
import { createCallCloser } from './call-closer.ts'

const call = { id: '1.1', direction: 'in', client: '+79221532327' } as Call

function closer(answers: readonly (Registered | Error)[]) {
  const told = { tries: 0, woken: 0 }
  const made = createCallCloser({
    registrar: {
      register: async () => {
        const answer = answers[Math.min(told.tries++, answers.length - 1)]
        if (answer === undefined || answer instanceof Error) throw answer
        return answer
      },
    },
    wakeOutbox: () => {
      told.woken += 1
    },
    log: pino({ level: 'silent' }),
    retryMs: 1,
  })
  return { made, told }
}

const full = new StoreError('disk-full', 'the disk is full')

test('given a full disk, when it has room again, then the call is journalled and its jobs go out', async () => {
  const { made, told } = closer([full, full, { kind: 'registering', jobs: 2 }])
  expect(await made.close(call, [])).toBe(true)
  expect(told).toEqual({ tries: 3, woken: 1 })
})

test('given a call that stands in the journal already, when closed, then nobody is woken', async () => {
  const { made, told } = closer([{ kind: 'known' }])
  await made.close(call, [])
  expect(told).toEqual({ tries: 1, woken: 0 })
})

test('given a defect, when it shows, then it is told once and not tried for ever', async () => {
  const { made, told } = closer([new TypeError('defect')])
  expect(await made.close(call, [])).toBe(false)
  expect(told).toEqual({ tries: 1, woken: 0 })
})

test('given a disk that stays full, when the service ends, then the last try is made and the end is not held up', async () => {
  const { made, told } = closer([full])
  const closing = made.close(call, [])
  await made[Symbol.asyncDispose]()
  await closing
  expect(told.tries).toBeLessThanOrEqual(2)
})

test('given a disk that is full, when many calls end, then one tries for all, and all are journalled when there is room', async () => {
  const disk = { full: true, tries: 0, taken: new Set<string>() }
  const { made } = onDisk(disk)
  const closing = Array.from({ length: 50 }, (_, at) => made.close({ ...call, id: `1.${at}` }, []))
  await sleep(40)
  expect(made.unwritten()).toBe(50)
  // The first ones find out together, then one goes on trying.
  expect(disk.tries).toBeLessThan(100)
  disk.full = false
  expect(await Promise.all(closing)).toEqual(Array(50).fill(true))
  expect(disk.taken.size).toBe(50)
  expect(made.unwritten()).toBe(0)
})

test('given more calls than memory is to hold, when the disk stays full, then CEL is told once and again when there is room', async () => {
  const disk = { full: true, tries: 0, taken: new Set<string>() }
  const { made, told } = onDisk(disk, 3)
  const kept = [1, 2, 3].map((at) => made.close({ ...call, id: `1.${at}` }, []))
  await sleep(5)
  expect(await made.close({ ...call, id: '1.4' }, [])).toBe(false)
  expect(await made.close({ ...call, id: '1.5' }, [])).toBe(false)
  expect(told).toEqual(['overflown'])
  disk.full = false
  await Promise.all(kept)
  expect(told).toEqual(['overflown', 'relieved'])
  expect(await made.close({ ...call, id: '1.6' }, [])).toBe(true)
})

function onDisk(disk: { full: boolean; tries: number; taken: Set<string> }, mostUnwritten = 1_000) {
  const told: string[] = []
  const made = createCallCloser({
    registrar: {
      register: async ({ id }) => {
        disk.tries += 1
        await sleep(0)
        if (disk.full) throw full
        disk.taken.add(id)
        return { kind: 'known' }
      },
    },
    wakeOutbox: () => undefined,
    log: pino({ level: 'silent' }),
    retryMs: 2,
    mostUnwritten,
    overflown: () => told.push('overflown'),
    relieved: () => told.push('relieved'),
  })
  return { made, told }
}
