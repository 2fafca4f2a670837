import assert from 'node:assert/strict'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import {
  callJob,
  clientJob,
  noteJob,
  onContact,
  openStages,
  phone,
  type RegistrationStage,
  send,
} from '../../../test/_registration-stage.ts'
import type { Job, JobHandler } from '../../outbox/job.ts'
import { missed, rules } from '../_settings.ts'

const { signal } = new AbortController()
const book = rules({
  missedUnknown: { create: 'unsorted' },
  missedKnown: { task: { enabled: true } },
  incomingKnown: { create: 'lead' },
})
const THREE_HOURS = 10_800_000

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
    assert.equal(await provenLater(stage.tasks, callJob('task', '1', onContact(id), missed)), 'found')
  })
  test('the lead', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    assert.equal(await provenLater(stage.leads, callJob('lead', '1', onContact(id))), 'found')
  })
  test('the contact', async () => {
    assert.equal(await provenLater(stage.clients, clientJob('1', phone)), 'found')
  })
  test('the incoming lead', async () => {
    assert.equal(await provenLater(stage.clients, callJob('client', '1', undefined, missed)), 'found')
  })
})
