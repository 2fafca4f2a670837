import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { IndexedClient } from '../store/ports.ts'
import { type Answer, createInboundDesk, type Question } from './inbound-desk.ts'

const client: IndexedClient = {
  kind: 'contact',
  id: 501,
  name: 'Иван Петров',
  owner: 7_000_001,
  keys: ['9221532327'],
  updatedAt: 0,
}
const question: Question = {
  channelId: '1.1',
  linkedid: '1.1',
  did: '7001',
  callerNumber: '8 (922) 153-23-27',
  askedAt: 10_000,
}

function desk(change: { now?: number; clients?: readonly IndexedClient[]; fails?: boolean; gone?: boolean } = {}) {
  const answers: Answer[] = []
  const made = createInboundDesk({
    index: {
      lookup: async (key) => {
        if (change.fails) throw new Error('disk')
        return (change.clients ?? [client]).filter(({ keys }) => keys.includes(key))
      },
      progress: async () => ({ complete: true, cursor: 0, clients: 1 }),
    },
    lineOf: () => ({ mode: 'on', routing: 'responsible', ringSeconds: 20, decisionSeconds: 1.5 }),
    isOpen: (_did, at) => at === question.askedAt,
    extensionOf: (user) => (user === 7_000_001 ? '101' : undefined),
    country: 'RU',
    asteriskNow: () => change.now ?? 10_010,
    answer: async (_channel, answer) => {
      answers.push(answer)
      return change.gone ? 'gone' : 'answered'
    },
    log: pino({ level: 'silent' }),
  })
  return { made, answers }
}

test('given a known client however the number is spelt, when asked, then the owner’s phone is named', async () => {
  const { made, answers } = desk()
  await made.take(question)
  expect(answers).toEqual([{ kind: 'ring', extension: '101', seconds: 20, callerName: 'Иван Петров' }])
  expect(made.counts()).toEqual({ asked: 1, answered: 1, late: 0, failed: 0 })
})

test('given a withheld or absurd number, when asked, then the default route is answered at once', async () => {
  for (const callerNumber of ['', 'anonymous', 'sip:x@y', '1'.repeat(30)]) {
    const { made, answers } = desk()
    await made.take({ ...question, callerNumber })
    expect(answers).toEqual([{ kind: 'default' }])
  }
})

test('given a question older than the deadline, when it comes, then it is dropped', async () => {
  const { made, answers } = desk({ now: 11_600 })
  await made.take(question)
  expect(answers).toEqual([])
  expect(made.counts()).toMatchObject({ late: 1 })
})

test('given an index that fails, when asked, then nothing is thrown and the dialplan’s deadline decides', async () => {
  const { made, answers } = desk({ fails: true })
  await made.take(question)
  expect(answers).toEqual([])
  expect(made.counts()).toMatchObject({ failed: 1 })
})

test('given a caller who hung up meanwhile, when answered, then it counts as late', async () => {
  const { made } = desk({ gone: true })
  await made.take(question)
  expect(made.counts()).toMatchObject({ answered: 0, late: 1 })
})
