import assert from 'node:assert/strict'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import {
  firstJob,
  onContact,
  openStages,
  phone,
  prove,
  type RegistrationStage,
  resultOf,
  send,
  tenMinutes,
} from '../../test/_registration-stage.ts'
import type { TaskPayload } from './payloads.ts'

let stages: Awaited<ReturnType<typeof openStages>>
let stage: RegistrationStage
beforeAll(async () => {
  stages = await openStages()
})
beforeEach(async () => {
  stage = await stages.begin()
})
afterEach(() => stages.end(stage))
afterAll(() => stages.close())

describe('the task of a missed call', () => {
  const deadline = Math.floor(Date.now() / 1000) * 1000 + 3_600_000
  const taskJob = (id: number, change: Partial<TaskPayload> = {}) => {
    const people = { direction: 'in', tried: [] } as const
    const payload = { text: `Перезвонить: ${phone}`, deadline, people, quietAt: Date.now() + tenMinutes, ...change }
    return firstJob<TaskPayload>('17.2:task', 'task', payload, { given: onContact(id) })
  }

  test('stands on the client, for the client’s owner', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    assert.equal((await send(stage.tasks, taskJob(id)))[0]?.kind, 'done')
    const [task] = stage.sandbox.tasks()
    assert.deepEqual([task?.owner, task?.completeTill, task?.entity?.id], [7000003, deadline / 1000, id])
  })

  test('is not made for a call that has grown old', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const [outcome] = await send(stage.tasks, taskJob(id, { quietAt: Date.now() - 1 }))
    assert.deepEqual(resultOf(outcome), { skipped: 'old call' })
    assert.equal(stage.sandbox.tasks().length, 0)
  })

  test('made but not answered: proven; another call’s task is no proof', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'reset', execution: 'executed' } })
    assert.equal((await send(stage.tasks, taskJob(id)))[0]?.kind, 'ambiguous')
    assert.equal((await prove(stage.tasks, taskJob(id)))[0]?.kind, 'found')
    assert.equal((await prove(stage.tasks, taskJob(id, { deadline: deadline + 7_000 })))[0]?.kind, 'absent')
  })

  test('of a client who called again and again is made once, until somebody completes it', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const other = stage.sandbox.addContact({ name: 'Пётр' })
    await send(stage.tasks, taskJob(id), taskJob(other))
    const [again] = await send(stage.tasks, taskJob(id, { deadline: deadline + 60_000 }))
    assert.match(JSON.stringify(resultOf(again)), /open task/)
    assert.equal(stage.sandbox.tasks().length, 2)
    await complete(stage.sandbox.tasks()[0]?.id)
    await send(stage.tasks, taskJob(id, { deadline: deadline + 120_000 }))
    assert.equal(stage.sandbox.tasks().length, 3)
  })

  test('of two missed calls in one batch is made once', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const second = { ...taskJob(id, { deadline: deadline + 60_000 }), key: '18.1:task' }
    const outcomes = await send(stage.tasks, taskJob(id), second)
    assert.deepEqual(resultOf(outcomes[1]), { skipped: 'an open task asks for it' })
    assert.equal(stage.sandbox.tasks().length, 1)
  })

  test('is made though people have other tasks for the client', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    await send(stage.tasks, taskJob(id, { text: 'Отправить счёт' }), taskJob(id))
    assert.equal(stage.sandbox.tasks().length, 2)
  })

  test('is tried again when the open ones cannot be read', async () => {
    stage.sandbox.fault({ match: { method: 'GET' }, do: { kind: 'server-error' } })
    assert.equal((await send(stage.tasks, taskJob(stage.sandbox.addContact({ name: 'Иван' }))))[0]?.kind, 'retry')
    assert.equal(stage.sandbox.tasks().length, 0)
  })

  test('on a client who is gone loses its ground', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    stage.sandbox.deleteContact(id)
    assert.equal((await send(stage.tasks, taskJob(id)))[0]?.kind, 'lost-ground')
  })
})

async function complete(id: number | undefined): Promise<void> {
  const answer = await fetch(`${stage.sandbox.url}/api/v4/tasks/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${stage.sandbox.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ is_completed: true, result: { text: 'Перезвонили' } }),
  })
  assert.equal(answer.status, 200)
}
