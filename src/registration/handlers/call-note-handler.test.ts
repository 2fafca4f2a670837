import assert from 'node:assert/strict'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import {
  clientJob,
  noteJob,
  onContact,
  openStages,
  phone,
  prove,
  type RegistrationStage,
  resultOf,
  send,
} from '../../../test/_registration-stage.ts'
import { missed } from '../_settings.ts'
import { decisionsOf } from '../decisions-of.ts'

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

describe('the call note', () => {
  test('stands on the client with seconds, status and person', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const [outcome] = await send(stage.notes, noteJob('17.2', onContact(id)))
    const [stored] = stage.sandbox.callNotes()
    assert.deepEqual(pick(resultOf(outcome)), { note: stored?.id, entity: { kind: 'contact', id } })
    assert.deepEqual(
      decisionsOf(resultOf(outcome)).map(({ about, code }) => [about, code]),
      [
        ['entity', 'only-one'],
        ['person', 'last-talked'],
        ['status', 'answered'],
      ],
    )
    assert.deepEqual([stored?.uniq, stored?.seconds, stored?.status, stored?.author], ['main/17.2', 8, 4, 7000001])
    assert.equal(stage.sandbox.requests().length, 1)
  })

  test('of a missed call belongs to the owner of the client', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    await send(stage.notes, noteJob('17.2', onContact(id), missed))
    const [stored] = stage.sandbox.callNotes()
    assert.deepEqual([stored?.author, stored?.responsible, stored?.status], [7000003, 7000003, 6])
  })

  test('on a contact deleted meanwhile loses its ground: the client is found or created anew', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван', phones: [phone] })
    const [found] = await send(stage.clients, clientJob('17.2:client'))
    stage.sandbox.deleteContact(id)
    const [lost] = await send(stage.notes, noteJob('17.2', resultOf(found)))
    assert.equal(lost?.kind, 'lost-ground')
    const [again] = await send(stage.clients, clientJob('17.2:client'))
    const [written] = await send(stage.notes, noteJob('17.2', resultOf(again)))
    assert.equal(written?.kind, 'done')
    assert.notEqual(stage.sandbox.callNotes()[0]?.entity.id, id)
  })

  test('one that the CRM will never take does not keep the others back', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const jobs = Array.from({ length: 30 }, (_, n) =>
      noteJob(`j${n}`, onContact(id), n === 3 ? { talkSeconds: -5 } : {}),
    )
    const outcomes = await send(stage.notes, ...jobs)
    assert.equal(outcomes[3]?.kind, 'refused')
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'done').length, 29)
    assert.equal(stage.sandbox.callNotes().length, 29)
  })

  for (const kind of ['gateway-timeout', 'reset', 'malformed'] as const) {
    test(`written but answered with ${kind}: proven by its uniq, in bulk, not doubled`, async () => {
      const ids = Array.from({ length: 20 }, (_, n) => stage.sandbox.addContact({ name: `К${n}` }))
      const jobs = ids.map((id, n) => noteJob(`j${n}`, onContact(id)))
      stage.sandbox.fault({ match: { method: 'POST' }, do: { kind, execution: 'executed' } })
      const outcomes = await send(stage.notes, ...jobs)
      assert.ok(outcomes.every((outcome) => outcome.kind === 'ambiguous'))
      stage.sandbox.clearRequests()
      const proofs = await prove(stage.notes, ...jobs)
      assert.ok(proofs.every((proof) => proof.kind === 'found'))
      assert.equal(stage.sandbox.requests().length, 1)
      assert.equal(stage.sandbox.callNotes().length, 20)
    })
  }

  test('not written: absent, though another call of the client stands there', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    await send(stage.notes, noteJob('17.2', onContact(id)))
    assert.deepEqual(await prove(stage.notes, noteJob('17.9', onContact(id))), [{ kind: 'absent' }])
  })

  test('a client who redials within seconds has both calls', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const quietAt = Date.now() - 1
    await send(stage.notes, noteJob('17.2', onContact(id), { quietAt }))
    await send(stage.notes, noteJob('17.9', onContact(id), { quietAt }))
    assert.equal(stage.sandbox.callNotes().length, 2)
  })

  test('of an old call sets off no automation, and one another connector wrote meanwhile is adopted', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    const startedAt = Math.floor(Date.now() / 1000) * 1000 - 10_000_000
    const stranger = { ...noteJob('x', onContact(id), { uniq: 'mango-1', startedAt: startedAt + 4_000 }) }
    const [written] = await send(stage.notes, stranger)
    const old = { startedAt, quietAt: Date.now() - 1 }
    const [adopted] = await send(stage.notes, noteJob('17.2', onContact(id), old))
    const [own] = await send(stage.notes, noteJob('17.9', onContact(id), { ...old, startedAt: startedAt - 300_000 }))
    assert.deepEqual(pick(resultOf(adopted)), pick(resultOf(written)))
    assert.equal((resultOf(adopted) as { adopted?: true }).adopted, true)
    assert.equal(own?.kind, 'done')
    assert.deepEqual(
      stage.sandbox.callNotes().map((each) => [each.uniq, each.triggersAutomation]),
      [
        ['mango-1', true],
        ['main/17.9', false],
      ],
    )
  })

  test('without a client it waits for one, and nothing can be proven', async () => {
    assert.equal((await prove(stage.notes, noteJob('17.2', undefined)))[0]?.kind, 'unknown')
    assert.equal((await send(stage.notes, noteJob('17.2', undefined)))[0]?.kind, 'lost-ground')
    assert.equal(stage.sandbox.requests().length, 0)
  })

  test('a 403 block pauses the account for a minute and more', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван' })
    stage.sandbox.fault({ do: { kind: 'blocked' } })
    const { outcomes, pause } = await stage.notes.send([noteJob('17.2', onContact(id))], signal)
    assert.equal(outcomes[0]?.kind, 'retry')
    assert.ok(pause && pause.untilMs > Date.now() + 55_000)
    assert.equal(stage.sandbox.callNotes().length, 0)
  })
})

function pick(result: unknown) {
  const { note, entity } = result as { note: number; entity: unknown }
  return { note, entity }
}
