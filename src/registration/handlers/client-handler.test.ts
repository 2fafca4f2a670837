import assert from 'node:assert/strict'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import {
  clientJob,
  clientOf,
  openStages,
  phone,
  prove,
  type RegistrationStage,
  resultOf,
  send,
} from '../../../test/_registration-stage.ts'
import { everyKind } from '../_settings.ts'

const { signal } = new AbortController()

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

const posts = (path: string) => stage.sandbox.requests().filter((each) => each.method === 'POST' && each.path === path)

describe('the client of a call', () => {
  test('who is in the index is found without one request', async () => {
    await stage.index.upsert([
      { kind: 'company', id: 1, name: 'Ромашка', owner: 7000001, keys: ['9221532327'], updatedAt: 1 },
      { kind: 'contact', id: 9, name: 'Иван', owner: 7000003, keys: ['9221532327'], updatedAt: 1 },
      { kind: 'contact', id: 12, name: 'Тёзка', owner: 7000001, keys: ['9221532327'], updatedAt: 1 },
    ])
    const [outcome] = await send(stage.clients, clientJob('a'))
    assert.deepEqual(clientOf(outcome), { kind: 'contact', id: 9, owner: 7000003, how: 'index' })
    assert.equal(stage.sandbox.requests().length, 0)
  })

  test('whoever a manager added a moment ago, in any spelling, is found and not created', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван', phones: ['8 (922) 153-23-27 доб. 4'], owner: 7000003 })
    const [outcome] = await send(stage.clients, clientJob('a'))
    assert.deepEqual(clientOf(outcome), { kind: 'contact', id, owner: 7000003, how: 'index' })
    assert.equal(posts('/api/v4/contacts').length, 0)
  })

  test('an unknown one is created once, and the next call finds it though the search does not know it yet', async () => {
    const [first] = await send(stage.clients, clientJob('a'))
    const [second] = await send(stage.clients, clientJob('b'))
    const [created] = stage.sandbox.contacts()
    assert.deepEqual(clientOf(first), { kind: 'contact', id: created?.id, owner: 7000002, how: 'created' })
    assert.deepEqual(clientOf(second), { kind: 'contact', id: created?.id, owner: 7000002, how: 'index' })
    assert.deepEqual([created?.name, created?.phones, created?.owner], [`Звонок ${phone}`, [phone], 7000002])
    assert.equal(stage.sandbox.contacts().length, 1)
  })

  test('an unknown one stays unknown where the setting says so; a known one is found', async () => {
    await stages.end(stage)
    stage = await stages.begin({ rules: everyKind({ create: 'nothing' }) })
    assert.deepEqual(clientOf((await send(stage.clients, clientJob('a')))[0]), { kind: 'nobody' })
    assert.equal(stage.sandbox.contacts().length, 0)
    const id = stage.sandbox.addContact({ name: 'Иван', phones: [phone], owner: 7000003 })
    const [found] = await send(stage.clients, clientJob('b'))
    assert.deepEqual(clientOf(found), { kind: 'contact', id, owner: 7000003, how: 'index' })
  })

  test('two jobs of one number in one batch: the second waits for the first and finds its contact', async () => {
    const second = clientJob('b', '89221532327')
    const outcomes = await send(stage.clients, clientJob('a'), second, clientJob('c', '+79990001122'))
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['done', 'retry', 'done'],
    )
    assert.equal(clientOf((await send(stage.clients, second))[0]).how, 'index')
    assert.equal(stage.sandbox.contacts().length, 2)
  })

  test('many unknown numbers cost one delta and one creation, not a look-up each', async () => {
    const jobs = Array.from({ length: 60 }, (_, n) => clientJob(`j${n}`, `+7900${1000000 + n}`))
    await send(stage.clients, ...jobs)
    assert.equal(stage.sandbox.contacts().length, 60)
    assert.ok(stage.sandbox.requests().length <= 4, `${stage.sandbox.requests().length} requests`)
  })

  test('while the index is being filled, absence proves nothing: the number is looked up', async () => {
    await stage.index.saveProgress({ complete: false, cursor: undefined })
    const id = stage.sandbox.addContact({ name: 'Иван', phones: ['8-922-153-23-27'], owner: 7000003 })
    const [known, unknown] = await send(stage.clients, clientJob('a'), clientJob('b', '+79990001122'))
    assert.deepEqual(clientOf(known), { kind: 'contact', id, owner: 7000003, how: 'look-up' })
    assert.equal((resultOf(unknown) as { how: string }).how, 'created')
  })

  test('while it is being filled, a rush is looked up in turn', async () => {
    await stage.index.saveProgress({ complete: false, cursor: undefined })
    const jobs = Array.from({ length: 30 }, (_, n) => clientJob(`j${n}`, `+7900${1000000 + n}`))
    const { outcomes, tooHeavy } = await stage.clients.send(jobs, signal)
    assert.equal(tooHeavy, true)
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'done').length, 10)
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'retry').length, 20)
  })

  test('a dismissed owner does not cost the contact', async () => {
    const [outcome] = await send(stage.clients, clientJob('a', phone, '109'))
    assert.equal((resultOf(outcome) as { owner: number }).owner, 0)
    assert.equal(stage.sandbox.contacts().length, 1)
  })

  test('429 before creating: nothing happened, and the account pauses', async () => {
    stage.sandbox.fault({ do: { kind: 'throttled' }, times: 10 })
    const before = Date.now()
    const { outcomes, pause } = await stage.clients.send([clientJob('a'), clientJob('b', '+79990001122')], signal)
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['retry', 'retry'],
    )
    assert.ok(pause && pause.untilMs >= before + 1000)
  })

  test('the CRM being down while we look is no reason to create or to give up', async () => {
    stage.sandbox.fault({ match: { method: 'GET' }, do: { kind: 'server-error' }, times: 10 })
    assert.deepEqual(
      (await send(stage.clients, clientJob('a'))).map((outcome) => outcome.kind),
      ['retry'],
    )
    assert.equal(posts('/api/v4/contacts').length, 0)
  })

  for (const kind of ['gateway-timeout', 'server-error', 'reset'] as const) {
    test(`created but answered with ${kind}: the proof finds it, and it is not doubled`, async () => {
      stage.sandbox.fault({ match: { method: 'POST' }, do: { kind, execution: 'executed' } })
      const [outcome] = await send(stage.clients, clientJob('a'))
      assert.equal(outcome?.kind, 'ambiguous')
      const [proof] = await prove(stage.clients, clientJob('a'))
      const [created] = stage.sandbox.contacts()
      assert.deepEqual(clientOf(proof), { kind: 'contact', id: created?.id, owner: 7000002, how: 'proven' })
      await send(stage.clients, clientJob('b'))
      assert.equal(stage.sandbox.contacts().length, 1)
    })
  }

  test('not created and answered with 504: absence is said, the batch was too heavy', async () => {
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'gateway-timeout' } })
    const { outcomes, tooHeavy } = await stage.clients.send([clientJob('a')], signal)
    assert.deepEqual([outcomes[0]?.kind, tooHeavy], ['ambiguous', true])
    assert.deepEqual(await prove(stage.clients, clientJob('a')), [{ kind: 'absent' }])
  })

  test('a look for proof that fails proves nothing', async () => {
    stage.sandbox.fault({ do: { kind: 'server-error' }, times: 5 })
    assert.deepEqual(
      (await prove(stage.clients, clientJob('a'))).map((proof) => proof.kind),
      ['unknown'],
    )
  })

  test('broken JSON after a creation is proven like a lost answer', async () => {
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'malformed' } })
    assert.equal((await send(stage.clients, clientJob('a')))[0]?.kind, 'ambiguous')
    assert.equal((await prove(stage.clients, clientJob('a')))[0]?.kind, 'found')
  })
})
