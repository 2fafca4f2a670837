import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import { createContactIndexSync } from '../contact-index/contact-index-sync.ts'
import { createAmocrm } from '../crm/amocrm/amocrm.ts'
import { createTransport, transportLimits } from '../crm/amocrm/transport.ts'
import type { Crm } from '../crm/port.ts'
import type { Job, JobHandler, Outcome, Proof } from '../outbox/job.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { callNoteHandler } from './call-note-handler.ts'
import { clientHandler } from './client-handler.ts'
import type { CallNotePayload, ClientPayload, TaskPayload } from './payloads.ts'
import { taskHandler } from './task-handler.ts'

const { signal } = new AbortController()
const phone = '+79221532327'
const tenMinutes = 600_000

let folder: string
let store: Store
let sandbox: Sandbox
let crm: Crm
let clients: JobHandler<ClientPayload>
let notes: JobHandler<CallNotePayload>
let tasks: JobHandler<TaskPayload>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-registration-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = createAmocrm({
    account: sandbox.url,
    token: sandbox.token,
    source: 'Callweave',
    country: 'RU',
    pace: { run: (_urgency, request) => request() },
    now: Date.now,
    log: { warn: () => undefined },
    transport: createTransport({ ...transportLimits, totalMs: 200 }),
  })
  const index = store.contactIndex
  const log = { info: () => undefined, warn: () => undefined }
  const sync = createContactIndexSync({ crm, index, country: 'RU', now: Date.now, log, every: 60 })
  clients = clientHandler({ crm, index, country: 'RU', refresh: sync.refresh, now: Date.now })
  notes = callNoteHandler({ crm, index, now: Date.now })
  tasks = taskHandler({ crm, index, now: Date.now })
  await index.saveProgress({ complete: true, cursor: Date.now() - tenMinutes })
})
afterEach(async () => {
  for (const { id } of sandbox.contacts()) await store.contactIndex.remove('contact', id)
  for (const { kind, id } of await store.contactIndex.lookup('9221532327')) await store.contactIndex.remove(kind, id)
  assert.equal((await store.contactIndex.progress()).clients, 0, 'the next test begins with an empty index')
  await sandbox[Symbol.asyncDispose]()
})

function job<Payload>(key: string, kind: string, payload: Payload, change: Partial<Job<Payload>> = {}): Job<Payload> {
  return {
    key,
    kind,
    lane: '',
    urgency: 'live',
    payload,
    given: undefined,
    attempts: 0,
    firstAttemptAt: undefined,
    ...change,
  }
}
const clientJob = (key: string, number = phone, owner = 7000002) =>
  job<ClientPayload>(key, 'client', { phone: number, name: `Звонок ${number}`, owner })

function noteJob(
  key: string,
  given: unknown,
  change: Partial<CallNotePayload> = {},
  more: Partial<Job<CallNotePayload>> = {},
) {
  const payload: CallNotePayload = {
    uniq: `main/${key}`,
    direction: 'in',
    phone,
    startedAt: Math.floor(Date.now() / 1000) * 1000 - 60_000,
    talkSeconds: 8,
    status: 'answered',
    people: { direction: 'in', talked: { extension: '101', user: 7000001 }, tried: [] },
    quietAt: Date.now() + tenMinutes,
    ...change,
  }
  return job(key, 'call-note', payload, { given, ...more })
}
const on = (id: number) => ({ kind: 'contact', id, owner: 7000003, how: 'index' })

async function send<Payload>(handler: JobHandler<Payload>, ...jobs: Job<Payload>[]): Promise<readonly Outcome[]> {
  return (await handler.send(jobs, signal)).outcomes
}
async function prove<Payload>(handler: JobHandler<Payload>, ...jobs: Job<Payload>[]): Promise<readonly Proof[]> {
  return handler.prove(
    jobs.map((each) => ({ ...each, attempts: 1, firstAttemptAt: Date.now() })),
    signal,
  )
}
const resultOf = (outcome: Outcome | Proof | undefined) =>
  outcome?.kind === 'done' || outcome?.kind === 'found' ? outcome.result : assert.fail(`${JSON.stringify(outcome)}`)
const posts = (path: string) => sandbox.requests().filter((each) => each.method === 'POST' && each.path === path)

describe('the client of a call', () => {
  test('who is in the index is found without one request', async () => {
    await store.contactIndex.upsert([
      { kind: 'company', id: 1, name: 'Ромашка', owner: 7000001, keys: ['9221532327'], updatedAt: 1 },
      { kind: 'contact', id: 9, name: 'Иван', owner: 7000003, keys: ['9221532327'], updatedAt: 1 },
      { kind: 'contact', id: 12, name: 'Тёзка', owner: 7000001, keys: ['9221532327'], updatedAt: 1 },
    ])
    const [outcome] = await send(clients, clientJob('a'))
    assert.deepEqual(resultOf(outcome), { kind: 'contact', id: 9, owner: 7000003, how: 'index' })
    assert.equal(sandbox.requests().length, 0)
  })

  test('whoever a manager added a moment ago, in any spelling, is found and not created', async () => {
    const id = sandbox.addContact({ name: 'Иван', phones: ['8 (922) 153-23-27 доб. 4'], owner: 7000003 })
    const [outcome] = await send(clients, clientJob('a'))
    assert.deepEqual(resultOf(outcome), { kind: 'contact', id, owner: 7000003, how: 'index' })
    assert.equal(posts('/api/v4/contacts').length, 0)
  })

  test('an unknown one is created once, and the next call finds it though the search does not know it yet', async () => {
    const [first] = await send(clients, clientJob('a'))
    const [second] = await send(clients, clientJob('b'))
    const [created] = sandbox.contacts()
    assert.deepEqual(resultOf(first), { kind: 'contact', id: created?.id, owner: 7000002, how: 'created' })
    assert.deepEqual(resultOf(second), { kind: 'contact', id: created?.id, owner: 7000002, how: 'index' })
    assert.deepEqual([created?.name, created?.phones, created?.owner], [`Звонок ${phone}`, [phone], 7000002])
    assert.equal(sandbox.contacts().length, 1)
  })

  test('two jobs of one number in one batch share one contact', async () => {
    const outcomes = await send(clients, clientJob('a'), clientJob('b', '89221532327'), clientJob('c', '+79990001122'))
    const ids = outcomes.map((outcome) => (resultOf(outcome) as { id: number }).id)
    assert.equal(ids[0], ids[1])
    assert.equal(sandbox.contacts().length, 2)
  })

  test('many unknown numbers cost one delta and one creation, not a look-up each', async () => {
    const jobs = Array.from({ length: 60 }, (_, n) => clientJob(`j${n}`, `+7900${1000000 + n}`))
    await send(clients, ...jobs)
    assert.equal(sandbox.contacts().length, 60)
    assert.ok(sandbox.requests().length <= 4, `${sandbox.requests().length} requests`)
  })

  test('while the index is being filled, absence proves nothing: the number is looked up', async () => {
    await store.contactIndex.saveProgress({ complete: false, cursor: undefined })
    const id = sandbox.addContact({ name: 'Иван', phones: ['8-922-153-23-27'], owner: 7000003 })
    const [known, unknown] = await send(clients, clientJob('a'), clientJob('b', '+79990001122'))
    assert.deepEqual(resultOf(known), { kind: 'contact', id, owner: 7000003, how: 'look-up' })
    assert.equal((resultOf(unknown) as { how: string }).how, 'created')
  })

  test('while it is being filled, a rush is looked up in turn', async () => {
    await store.contactIndex.saveProgress({ complete: false, cursor: undefined })
    const jobs = Array.from({ length: 30 }, (_, n) => clientJob(`j${n}`, `+7900${1000000 + n}`))
    const { outcomes, tooHeavy } = await clients.send(jobs, signal)
    assert.equal(tooHeavy, true)
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'done').length, 10)
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'retry').length, 20)
  })

  test('a dismissed owner does not cost the contact', async () => {
    const [outcome] = await send(clients, clientJob('a', phone, 7000009))
    assert.equal((resultOf(outcome) as { owner: number }).owner, 0)
    assert.equal(sandbox.contacts().length, 1)
  })

  test('429 before creating: nothing happened, and the account pauses', async () => {
    sandbox.fault({ do: { kind: 'throttled' }, times: 10 })
    const before = Date.now()
    const { outcomes, pause } = await clients.send([clientJob('a'), clientJob('b', '+79990001122')], signal)
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['retry', 'retry'],
    )
    assert.ok(pause && pause.untilMs >= before + 1000)
  })

  test('the CRM being down while we look is no reason to create or to give up', async () => {
    sandbox.fault({ match: { method: 'GET' }, do: { kind: 'server-error' }, times: 10 })
    assert.deepEqual(
      (await send(clients, clientJob('a'))).map((outcome) => outcome.kind),
      ['retry'],
    )
    assert.equal(posts('/api/v4/contacts').length, 0)
  })

  for (const kind of ['gateway-timeout', 'server-error', 'reset', 'hang'] as const) {
    test(`created but answered with ${kind}: the proof finds it, and it is not doubled`, async () => {
      sandbox.fault({ match: { method: 'POST' }, do: { kind, execution: 'executed' } })
      const [outcome] = await send(clients, clientJob('a'))
      assert.equal(outcome?.kind, 'ambiguous')
      const [proof] = await prove(clients, clientJob('a'))
      const [created] = sandbox.contacts()
      assert.deepEqual(resultOf(proof), { kind: 'contact', id: created?.id, owner: 7000002, how: 'proven' })
      await send(clients, clientJob('b'))
      assert.equal(sandbox.contacts().length, 1)
    })
  }

  test('not created and answered with 504: absence is said, the batch was too heavy', async () => {
    sandbox.fault({ match: { method: 'POST' }, do: { kind: 'gateway-timeout' } })
    const { outcomes, tooHeavy } = await clients.send([clientJob('a')], signal)
    assert.deepEqual([outcomes[0]?.kind, tooHeavy], ['ambiguous', true])
    assert.deepEqual(await prove(clients, clientJob('a')), [{ kind: 'absent' }])
  })

  test('a look for proof that fails proves nothing', async () => {
    sandbox.fault({ do: { kind: 'server-error' }, times: 5 })
    assert.deepEqual(
      (await prove(clients, clientJob('a'))).map((proof) => proof.kind),
      ['unknown'],
    )
  })

  test('broken JSON after a creation is proven like a lost answer', async () => {
    sandbox.fault({ match: { method: 'POST' }, do: { kind: 'malformed' } })
    assert.equal((await send(clients, clientJob('a')))[0]?.kind, 'ambiguous')
    assert.equal((await prove(clients, clientJob('a')))[0]?.kind, 'found')
  })
})

describe('the call note', () => {
  test('stands on the client with seconds, status and person', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const [outcome] = await send(notes, noteJob('17.2', on(id)))
    const [stored] = sandbox.callNotes()
    assert.deepEqual(resultOf(outcome), {
      note: stored?.id,
      entity: { kind: 'contact', id },
      attributed: 'talked-last',
    })
    assert.deepEqual([stored?.uniq, stored?.seconds, stored?.status, stored?.author], ['main/17.2', 8, 4, 7000001])
    assert.equal(sandbox.requests().length, 1)
  })

  test('of a missed call belongs to the owner of the client', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const people = { direction: 'in', tried: [{ extension: '101', user: 7000001 }] } as const
    await send(notes, noteJob('17.2', on(id), { people, status: 'not-reached', talkSeconds: 0 }))
    const [stored] = sandbox.callNotes()
    assert.deepEqual([stored?.author, stored?.responsible, stored?.status], [7000003, 7000003, 6])
  })

  test('on a contact deleted meanwhile loses its ground: the client is found or created anew', async () => {
    const id = sandbox.addContact({ name: 'Иван', phones: [phone] })
    const [found] = await send(clients, clientJob('17.2:client'))
    sandbox.deleteContact(id)
    const [lost] = await send(notes, noteJob('17.2', resultOf(found)))
    assert.equal(lost?.kind, 'lost-ground')
    const [again] = await send(clients, clientJob('17.2:client'))
    const [written] = await send(notes, noteJob('17.2', resultOf(again)))
    assert.equal(written?.kind, 'done')
    assert.notEqual(sandbox.callNotes()[0]?.entity.id, id)
  })

  test('one that the CRM will never take does not keep the others back', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const jobs = Array.from({ length: 30 }, (_, n) => noteJob(`j${n}`, on(id), n === 3 ? { talkSeconds: -5 } : {}))
    const outcomes = await send(notes, ...jobs)
    assert.equal(outcomes[3]?.kind, 'refused')
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'done').length, 29)
    assert.equal(sandbox.callNotes().length, 29)
  })

  for (const kind of ['gateway-timeout', 'reset', 'hang', 'malformed'] as const) {
    test(`written but answered with ${kind}: proven by its uniq, in bulk, not doubled`, async () => {
      const ids = Array.from({ length: 20 }, (_, n) => sandbox.addContact({ name: `К${n}` }))
      const jobs = ids.map((id, n) => noteJob(`j${n}`, on(id)))
      sandbox.fault({ match: { method: 'POST' }, do: { kind, execution: 'executed' } })
      const outcomes = await send(notes, ...jobs)
      assert.ok(outcomes.every((outcome) => outcome.kind === 'ambiguous'))
      sandbox.clearRequests()
      const proofs = await prove(notes, ...jobs)
      assert.ok(proofs.every((proof) => proof.kind === 'found'))
      assert.equal(sandbox.requests().length, 1)
      assert.equal(sandbox.callNotes().length, 20)
    })
  }

  test('not written: absent, though another call of the client stands there', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    await send(notes, noteJob('17.2', on(id)))
    assert.deepEqual(await prove(notes, noteJob('17.9', on(id))), [{ kind: 'absent' }])
  })

  test('a client who redials within seconds has both calls', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const quietAt = Date.now() - 1
    await send(notes, noteJob('17.2', on(id), { quietAt }))
    await send(notes, noteJob('17.9', on(id), { quietAt }))
    assert.equal(sandbox.callNotes().length, 2)
  })

  test('of an old call sets off no automation, and one another connector wrote meanwhile is adopted', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const startedAt = Math.floor(Date.now() / 1000) * 1000 - 10_000_000
    const stranger = { ...noteJob('x', on(id), { uniq: 'mango-1', startedAt: startedAt + 4_000 }) }
    const [written] = await send(notes, stranger)
    const old = { startedAt, quietAt: Date.now() - 1 }
    const [adopted] = await send(notes, noteJob('17.2', on(id), old))
    const [own] = await send(notes, noteJob('17.9', on(id), { ...old, startedAt: startedAt - 300_000 }))
    assert.deepEqual(resultOf(adopted), { ...pick(resultOf(written)), adopted: true })
    assert.equal(own?.kind, 'done')
    assert.deepEqual(
      sandbox.callNotes().map((each) => [each.uniq, each.triggersAutomation]),
      [
        ['mango-1', true],
        ['main/17.9', false],
      ],
    )
  })

  test('without a client it waits for one, and nothing can be proven', async () => {
    assert.equal((await prove(notes, noteJob('17.2', undefined)))[0]?.kind, 'unknown')
    assert.equal((await send(notes, noteJob('17.2', undefined)))[0]?.kind, 'lost-ground')
    assert.equal(sandbox.requests().length, 0)
  })

  test('a 403 block pauses the account for a minute and more', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    sandbox.fault({ do: { kind: 'blocked' } })
    const { outcomes, pause } = await notes.send([noteJob('17.2', on(id))], signal)
    assert.equal(outcomes[0]?.kind, 'retry')
    assert.ok(pause && pause.untilMs > Date.now() + 55_000)
    assert.equal(sandbox.callNotes().length, 0)
  })
})

describe('the task of a missed call', () => {
  const deadline = Math.floor(Date.now() / 1000) * 1000 + 3_600_000
  const taskJob = (id: number, change: Partial<TaskPayload> = {}) => {
    const people = { direction: 'in', tried: [] } as const
    const payload = { text: `Перезвонить: ${phone}`, deadline, people, quietAt: Date.now() + tenMinutes, ...change }
    return job<TaskPayload>('17.2:task', 'task', payload, { given: on(id) })
  }

  test('stands on the client, for the client’s owner', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    assert.equal((await send(tasks, taskJob(id)))[0]?.kind, 'done')
    const [task] = sandbox.tasks()
    assert.deepEqual([task?.owner, task?.completeTill, task?.entity?.id], [7000003, deadline / 1000, id])
  })

  test('is not made for a call that has grown old', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const [outcome] = await send(tasks, taskJob(id, { quietAt: Date.now() - 1 }))
    assert.deepEqual(resultOf(outcome), { skipped: 'old call' })
    assert.equal(sandbox.tasks().length, 0)
  })

  test('made but not answered: proven; another call’s task is no proof', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    sandbox.fault({ match: { method: 'POST' }, do: { kind: 'reset', execution: 'executed' } })
    assert.equal((await send(tasks, taskJob(id)))[0]?.kind, 'ambiguous')
    assert.equal((await prove(tasks, taskJob(id)))[0]?.kind, 'found')
    assert.equal((await prove(tasks, taskJob(id, { deadline: deadline + 7_000 })))[0]?.kind, 'absent')
  })

  test('on a client who is gone loses its ground', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    sandbox.deleteContact(id)
    assert.equal((await send(tasks, taskJob(id)))[0]?.kind, 'lost-ground')
  })
})

function pick(result: unknown) {
  const { note, entity } = result as { note: number; entity: unknown }
  return { note, entity }
}
