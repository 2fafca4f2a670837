import assert from 'node:assert/strict'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import {
  clientJob,
  firstJob,
  noteJob,
  onContact,
  openStages,
  phone,
  type RegistrationStage,
  send,
  tenMinutes,
  unsortedJob,
} from '../../test/_registration-stage.ts'
import type { Job, JobHandler } from '../outbox/job.ts'
import type { TaskPayload } from './payloads.ts'

const { signal } = new AbortController()
const THREE_HOURS = 10_800_000

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

/** Written, the answer lost; the clock was three hours ahead then and has been set right. */
async function provenLater<Payload>(handler: JobHandler<Payload>, job: Job<Payload>): Promise<string | undefined> {
  stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'gateway-timeout', execution: 'executed' } })
  assert.equal((await send(handler, job))[0]?.kind, 'ambiguous')
  const [proof] = await handler.prove([{ ...job, attempts: 1, firstAttemptAt: Date.now() + THREE_HOURS }], signal)
  return proof?.kind
}

describe('given an attempt by a clock that was ahead, when the clock has been set right, then what it wrote is found:', () => {
  test('the note', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    assert.equal(await provenLater(stage.notes, noteJob('1', onContact(id))), 'found')
  })
  test('the task', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const people = { direction: 'in', tried: [] } as const
    const payload: TaskPayload = { text: 'Перезвонить', deadline: 3_600_000, people, quietAt: Date.now() + tenMinutes }
    assert.equal(await provenLater(stage.tasks, firstJob('1', 'task', payload, { given: onContact(id) })), 'found')
  })
  test('the contact', async () => {
    assert.equal(await provenLater(stage.clients, clientJob('1', phone)), 'found')
  })
  test('the incoming lead', async () => {
    assert.equal(await provenLater(stage.unsorted, unsortedJob('1')), 'found')
  })
})
