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
