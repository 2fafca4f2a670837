import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Decision } from '../store/crm-state-ports.ts'
import { facts, line, office } from './_route-facts.ts'
import { type Answer, createInboundDesk, type Question } from './inbound-desk.ts'
import { chooseRoute, type LineRule } from './route.ts'

const question: Question = {
  channelId: '1.1',
  linkedid: '1.1',
  did: '7001',
  callerNumber: '+79221532327',
  callerName: '',
  askedAt: 10_000,
}

interface Change {
  readonly now?: number
  readonly fails?: boolean
  readonly gone?: boolean
  readonly diskFull?: boolean
  readonly rule?: LineRule
}

function desk({ now = 10_010, fails, gone, diskFull, rule = line }: Change = {}) {
  const answers: Answer[] = []
  const kept: Decision[] = []
  const made = createInboundDesk({
    find: async () => {
      if (fails) throw new Error('disk')
      return chooseRoute(facts({ line: rule, people: office({ talking: ['103'] }) }))
    },
    lineOf: () => rule,
    asteriskNow: () => now,
    answer: async (_channel, answer) => {
      expect(kept).toEqual([])
      answers.push(answer)
      return gone ? 'gone' : 'answered'
    },
    decisions: {
      add: async (_pbx, _call, decisions) => {
        if (diskFull) throw new Error('disk full')
        kept.push(...decisions)
      },
    },
    pbx: 'main',
    log: pino({ level: 'silent' }),
  })
  return { made, answers, kept }
}

test('given a known client, when asked, then the phone is named, and why and who was skipped is kept afterwards', async () => {
  const { made, answers, kept } = desk()
  await made.take(question)
  await made.written()
  expect(answers).toEqual([{ kind: 'ring', extension: '101', seconds: 15, callerName: 'Иван Петров' }])
  expect(made.counts()).toEqual({ asked: 1, answered: 1, late: 0, failed: 0 })
  expect(kept).toEqual([
    {
      at: 10_000,
      about: 'route',
      code: 'skipped-talking',
      facts: { named: 'owner-of-open-lead', user: 3, extension: '103' },
    },
    { at: 10_000, about: 'route', code: 'owner-of-contact', facts: { extension: '101', seconds: 15 } },
  ])
})

test('given a disk that is full, when asked, then the answer leaves all the same', async () => {
  const { made, answers } = desk({ diskFull: true })
  await made.take(question)
  await made.written()
  expect(answers).toHaveLength(1)
})

test('given a line that keeps its own route, when asked, then nothing is kept about anybody', async () => {
  const { made, answers, kept } = desk({ rule: { ...line, routing: false } })
  await made.take(question)
  await made.written()
  expect([answers, kept]).toEqual([[{ kind: 'default', callerName: 'Иван Петров' }], []])
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
