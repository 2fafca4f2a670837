import { expect, test } from 'vitest'
import type { Call, Phase } from '../calls/call.ts'
import { createCardBoard } from './card-board.ts'

function call(change: Partial<Call> = {}): Call {
  return {
    id: '100.1',
    linkedids: ['100.1'],
    direction: 'in',
    client: '+79221532327',
    line: '7001',
    startedAt: 1000,
    endedAt: undefined,
    answered: false,
    result: undefined,
    waitSeconds: 0,
    talkSeconds: 0,
    responsible: '',
    hangupCause: undefined,
    evidence: 'live',
    people: [],
    transfers: [],
    ivr: '',
    recordings: [],
    ...change,
  }
}

const ringing = (extension: string, change: Partial<Call> = {}): Phase => ({
  kind: 'ringing',
  at: 2000,
  extension,
  call: call(change),
})
const silent = (extension: string, elsewhere = false): Phase => ({
  kind: 'ringing-ended',
  at: 5000,
  extension,
  elsewhere,
  call: call(),
})
const talking = (extension: string): Phase => ({
  kind: 'conversation-started',
  at: 4000,
  extension,
  call: call({ answered: true }),
})
const ended: Phase = { kind: 'ended', at: 9000, call: call({ answered: true, endedAt: 9000 }) }
const anna = { state: 'known', kind: 'contact', id: 501, name: 'Иван Петров', owner: 7_000_001 } as const

test('given a ring group, when one answers, then the others are told that it was answered elsewhere', () => {
  const board = createCardBoard()
  board.take(ringing('101'))
  board.take(ringing('102'))
  board.take(talking('102'))
  expect(board.take(silent('101', true))).toEqual([
    { extension: '101', message: { type: 'closed', seq: 2, id: '100.1', reason: 'answered-elsewhere' } },
  ])
  expect(board.take(silent('102', true))).toEqual([])
  expect(board.welcome('102')).toMatchObject({ seq: 2, cards: [{ state: 'talking' }] })
})

test('given a phone that rings out, when it stops, then its card closes as not answered', () => {
  const board = createCardBoard()
  board.take(ringing('101'))
  expect(board.take(silent('101'))).toMatchObject([{ message: { reason: 'not-answered' } }])
  expect(board.welcome('101')).toMatchObject({ cards: [] })
})

test('given a second queue member, when the call reaches them, then they get the card with the client already known', () => {
  const board = createCardBoard()
  board.describe('100.1', anna)
  board.take(ringing('101'))
  board.take(silent('101'))
  expect(board.take(ringing('102'))).toMatchObject([
    { extension: '102', message: { type: 'card', card: { client: anna } } },
  ])
})

test('given a card that says looking, when the client is found, then the same card is told again', () => {
  const board = createCardBoard()
  expect(board.take(ringing('101'))).toMatchObject([{ message: { card: { client: { state: 'looking' } } } }])
  expect(board.describe('100.1', anna)).toMatchObject([
    { extension: '101', message: { seq: 2, card: { client: anna, state: 'ringing' } } },
  ])
})

test('given a call that ended, when a browser comes back, then nothing is shown', () => {
  const board = createCardBoard()
  board.take(ringing('101'))
  board.take(talking('101'))
  expect(board.take(ended)).toMatchObject([{ message: { type: 'closed', reason: 'ended' } }])
  expect(board.take(ended)).toEqual([])
  expect(board.welcome('101')).toMatchObject({ seq: 3, cards: [] })
})

test('given an internal call, when a phone rings, then no card is shown', () => {
  expect(createCardBoard().take(ringing('101', { direction: 'internal' }))).toEqual([])
})

test('given two calls at one phone, when one ends, then the other card stays', () => {
  const board = createCardBoard()
  board.take(ringing('101'))
  board.take(ringing('101', { id: '200.1', client: '+79990000000' }))
  board.take(ended)
  expect(board.welcome('101')).toMatchObject({ cards: [{ id: '200.1' }] })
})

test('given a consultation absorbed by the client call, when told, then the card moves', () => {
  const board = createCardBoard()
  board.take(ringing('103', { id: '300.1' }))
  const moved = board.take({ kind: 'absorbed', at: 6000, call: call({ id: '300.1' }), into: '100.1' })
  expect(moved).toMatchObject([
    { message: { type: 'closed', id: '300.1', reason: 'moved' } },
    { message: { type: 'card', card: { id: '100.1' } } },
  ])
})

test('given a call whose end was lost, when six hours have passed, then its card goes', () => {
  const board = createCardBoard()
  board.take(ringing('101'))
  expect(board.expire(2000 + 6 * 3_600_000)).toEqual([])
  expect(board.expire(2001 + 6 * 3_600_000)).toMatchObject([{ message: { reason: 'stale' } }])
})

test('given a call that opted out, when phones ring and somebody answers, then nobody sees a card', () => {
  const board = createCardBoard()
  const change = { skipped: true } as const
  board.describe('100.1', anna)
  expect(board.take(ringing('101', change))).toEqual([])
  expect(board.take({ kind: 'conversation-started', at: 4000, extension: '101', call: call(change) })).toEqual([])
  expect(board.take({ kind: 'absorbed', at: 4000, into: '100.7', call: call(change) })).toEqual([])
  expect(board.welcome('101')).toMatchObject({ seq: 0, cards: [] })
})

test('given cards of a call, when it opts out, then they are closed and do not come back', () => {
  const board = createCardBoard()
  board.take(ringing('101'))
  board.take(ringing('102'))
  const skipped: Phase = { kind: 'skipped', at: 3000, call: call({ skipped: true }) }
  expect(board.take(skipped)).toEqual([
    { extension: '101', message: { type: 'closed', seq: 2, id: '100.1', reason: 'skipped' } },
    { extension: '102', message: { type: 'closed', seq: 2, id: '100.1', reason: 'skipped' } },
  ])
  expect(board.describe('100.1', anna)).toEqual([])
  expect(board.take(ringing('103', { skipped: true }))).toEqual([])
})
