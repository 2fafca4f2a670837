import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  callJob,
  callOf,
  firstJob,
  onContact,
  openStages,
  phone,
  phoneKey,
  prove,
  type RegistrationStage,
  resultOf,
  send,
} from '../../../test/_registration-stage.ts'
import { everyKind, missed } from '../_settings.ts'
import type { CallFacts } from '../call-facts.ts'
import { decisionsOf } from '../decisions-of.ts'

const book = everyKind({ task: { enabled: true, minutes: 60, text: 'Перезвонить: {phone}[ ({count})]', type: 2 } })
let stages: Awaited<ReturnType<typeof openStages>>
let stage: RegistrationStage
beforeAll(async () => {
  stages = await openStages()
})
beforeEach(async () => {
  stage = await stages.begin({ rules: book })
})
afterEach(() => stages.end(stage))
afterAll(() => stages.close())

const taskJob = (key: string, id: number, change: Partial<CallFacts> = {}) =>
  callJob('task', `${key}:task`, onContact(id), { ...missed, uniq: `main/${key}`, ...change })
const ivan = () => stage.sandbox.addContact({ name: 'Иван', phones: [phone] })
const codes = (result: unknown) => decisionsOf(result).map(({ code }) => code)
const texts = () => stage.sandbox.tasks().map(({ text }) => text)

describe('the task of a missed call', () => {
  test('stands on the client, for the client’s owner, with type and deadline', async () => {
    const id = ivan()
    const job = taskJob('1', id)
    const [outcome] = await send(stage.tasks, job)
    const [task] = stage.sandbox.tasks()
    expect(task).toMatchObject({ owner: 7000003, completeTill: job.payload.call.endedAt / 1000 + 3600, entity: { id } })
    expect(resultOf(outcome)).toMatchObject({ task: task?.id })
    expect(codes(resultOf(outcome))).toEqual(['by-rule', 'card-owner'])
  })

  test('is not made for a call that has grown old', async () => {
    const [outcome] = await send(stage.tasks, taskJob('1', ivan(), { quietAt: Date.now() - 1 }))
    expect(resultOf(outcome)).toMatchObject({ skipped: 'old-call' })
    expect(stage.sandbox.tasks()).toEqual([])
  })

  test('counts a further call and moves its deadline, however its text was changed', async () => {
    const id = ivan()
    await send(stage.tasks, taskJob('1', id))
    await change(stage.sandbox.tasks()[0]?.id, { text: 'Позвонить Ивану!' })
    const later = taskJob('2', id, { endedAt: Math.floor(Date.now() / 1000) * 1000 + 60_000 })
    const [outcome] = await send(stage.tasks, later)
    expect(codes(resultOf(outcome))).toEqual(['open-task'])
    expect(stage.sandbox.tasks()).toMatchObject([
      { text: `Перезвонить: ${phone} (2)`, completeTill: later.payload.call.endedAt / 1000 + 3600 },
    ])
    await send(stage.tasks, taskJob('3', id))
    expect(texts()).toEqual([`Перезвонить: ${phone} (3)`])
  })

  test('is made anew once somebody has completed it', async () => {
    const id = ivan()
    await send(stage.tasks, taskJob('1', id))
    await change(stage.sandbox.tasks()[0]?.id, { is_completed: true })
    await send(stage.tasks, taskJob('2', id))
    expect(texts()).toEqual([`Перезвонить: ${phone}`, `Перезвонить: ${phone}`])
  })

  test('made but not answered: proven and remembered; another call’s task is no proof', async () => {
    const id = ivan()
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'reset', execution: 'executed' } })
    const job = taskJob('1', id)
    expect((await send(stage.tasks, job))[0]?.kind).toBe('ambiguous')
    const other = taskJob('2', id, { endedAt: job.payload.call.endedAt + 7_000 })
    expect((await prove(stage.tasks, other))[0]?.kind).toBe('absent')
    expect((await prove(stage.tasks, job))[0]?.kind).toBe('found')
    await send(stage.tasks, other)
    expect(texts()).toEqual([`Перезвонить: ${phone} (2)`])
  })

  test('counted but not answered: counted once', async () => {
    const id = ivan()
    await send(stage.tasks, taskJob('1', id))
    stage.sandbox.fault({ match: { method: 'PATCH' }, do: { kind: 'gateway-timeout', execution: 'executed' } })
    const second = taskJob('2', id)
    expect((await send(stage.tasks, second))[0]?.kind).toBe('ambiguous')
    if ((await prove(stage.tasks, second))[0]?.kind === 'absent') await send(stage.tasks, second)
    expect(texts()).toEqual([`Перезвонить: ${phone} (2)`])
  })

  test('is tried again when the open ones cannot be read', async () => {
    const id = ivan()
    await send(stage.tasks, taskJob('1', id))
    stage.sandbox.fault({ match: { method: 'GET' }, do: { kind: 'server-error' } })
    expect((await send(stage.tasks, taskJob('2', id)))[0]?.kind).toBe('retry')
  })

  test('on a client who is gone loses its ground', async () => {
    const id = ivan()
    stage.sandbox.deleteContact(id)
    expect((await send(stage.tasks, taskJob('1', id)))[0]?.kind).toBe('lost-ground')
  })

  test('is not made when somebody has talked to the client since', async () => {
    await stages.end(stage)
    stage = await stages.begin({ rules: book, talked: [phoneKey, Date.now()] })
    const [outcome] = await send(stage.tasks, taskJob('1', ivan()))
    expect(resultOf(outcome)).toMatchObject({ skipped: 'talked-meanwhile' })
  })

  test('belongs to whoever was dialled in a menu', async () => {
    await stages.end(stage)
    stage = await stages.begin({ settings: { missedInMenu: 'task' } })
    await send(stage.tasks, taskJob('1', ivan(), { ivr: '2102', rang: [] }))
    expect(stage.sandbox.tasks()).toMatchObject([{ owner: 7000002 }])
  })
})

describe('given a client somebody talked to', () => {
  const done = (task: number) => firstJob('9:task-done', 'task-done', { call: callOf('9'), task, key: phoneKey })

  test('when their task is still open, then it completes itself and is forgotten', async () => {
    await send(stage.tasks, taskJob('1', ivan()))
    const task = stage.sandbox.tasks()[0]?.id ?? 0
    expect((await send(stage.tasksDone, done(task)))[0]?.kind).toBe('done')
    expect(stage.sandbox.tasks()).toMatchObject([{ completed: true, result: 'Поговорили: Анна' }])
    expect(await stage.store.callbackTasks.openFor(phoneKey)).toBeUndefined()
  })

  test('when they were missed once more after that conversation, then their task stays open', async () => {
    const id = ivan()
    await send(stage.tasks, taskJob('1', id))
    const task = stage.sandbox.tasks()[0]?.id ?? 0
    const talk = done(task)
    const later = taskJob('2', id, { endedAt: talk.payload.call.endedAt + 7_000 })
    await send(stage.tasks, later)
    stage.results.set('main/2:task', {})
    stage.payloads.set('main/2:task', later.payload)
    expect(resultOf((await send(stage.tasksDone, talk))[0])).toMatchObject({ skipped: 'missed-again' })
    expect(stage.sandbox.tasks()).toMatchObject([{ completed: false }])
    expect(await stage.store.callbackTasks.openFor(phoneKey)).toMatchObject({ task })
  })

  test('when the answer is lost, then completing it once more does no harm', async () => {
    await send(stage.tasks, taskJob('1', ivan()))
    const task = stage.sandbox.tasks()[0]?.id ?? 0
    stage.sandbox.fault({ match: { method: 'PATCH' }, do: { kind: 'reset', execution: 'executed' } })
    expect((await send(stage.tasksDone, done(task)))[0]?.kind).toBe('ambiguous')
    expect((await send(stage.tasksDone, done(task)))[0]?.kind).toBe('done')
    expect(stage.sandbox.tasks()).toMatchObject([{ completed: true }])
  })
})

async function change(id: number | undefined, body: object): Promise<void> {
  const answer = await fetch(`${stage.sandbox.url}/api/v4/tasks/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${stage.sandbox.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}
