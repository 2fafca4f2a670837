import assert from 'node:assert/strict'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import {
  callJob,
  clientOf,
  noteJob,
  onContact,
  openStages,
  phone,
  phoneKey,
  prove,
  type RegistrationStage,
  resultOf,
  send,
  sortOut,
} from '../../../test/_registration-stage.ts'
import { missed, rules } from '../_settings.ts'
import type { CallFacts } from '../call-facts.ts'

let stages: Awaited<ReturnType<typeof openStages>>
let stage: RegistrationStage
beforeAll(async () => {
  stages = await openStages()
})
beforeEach(async () => {
  stage = await stages.begin({ rules: unsortedRules })
})
afterEach(() => stages.end(stage))
afterAll(() => stages.close())

const unsortedRules = rules({ incomingUnknown: { create: 'unsorted' }, missedKnown: { task: { enabled: true } } })
const unsortedJob = (key: string, change: Partial<CallFacts> = {}) => callJob('client', key, undefined, change)

const notes = () => stage.sandbox.callNotes().map(({ uniq, entity }) => ({ uniq, on: entity.type, id: entity.id }))
const uid = () => stage.sandbox.unsorted().at(-1)?.uid

/** The call's first job, then its note, as the outbox would send them. */
async function register(key: string): Promise<unknown> {
  const [outcome] = await send(stage.clients, unsortedJob(key))
  const given = resultOf(outcome)
  assert.equal((await send(stage.notes, noteJob(key, given)))[0]?.kind, 'done')
  return given
}

describe('given an unknown caller', () => {
  test('an incoming lead is made, tells the call, and no other note is written', async () => {
    const given = await register('1')
    const [lead] = stage.sandbox.unsorted()
    assert.deepEqual(clientOf({ kind: 'found', result: given }), { kind: 'unsorted', lead: lead?.lead })
    assert.deepEqual(notes(), [{ uniq: 'main/1', on: 'leads', id: lead?.lead }])
    const { phone: from, duration, call_responsible } = lead?.metadata ?? {}
    assert.deepEqual([from, duration, call_responsible], [phone, 8, 7000001])
    assert.deepEqual([lead?.sourceUid, lead?.sourceName], ['7001', 'Реклама'])
    assert.deepEqual(
      stage.sandbox.contacts().map(({ phones, unsorted }) => ({ phones, unsorted })),
      [{ phones: [phone], unsorted: true }],
    )
  })

  test('the incoming lead has the link of the recording from the start', async () => {
    await stages.end(stage)
    const link = 'https://pbx.example.com/records/1.mp3?sig=aa'
    stage = await stages.begin({ rules: unsortedRules, recordingUrl: () => link })
    await send(stage.clients, unsortedJob('1'))
    assert.equal(stage.sandbox.unsorted()[0]?.metadata['link'], link)
  })

  test('a second call while it waits makes no second lead: its note stands on the contact that waits', async () => {
    await register('1')
    await register('2')
    assert.equal(stage.sandbox.unsorted().length, 1)
    const [lead] = stage.sandbox.unsorted()
    assert.deepEqual(notes(), [
      { uniq: 'main/1', on: 'leads', id: lead?.lead },
      { uniq: 'main/2', on: 'contacts', id: lead?.contacts[0] },
    ])
  })

  test('once it was accepted, the next call stands on the contact as on any other', async () => {
    await register('1')
    await sortOut(stage.sandbox, uid(), 'accept')
    const given = await register('2')
    const contact = stage.sandbox.unsorted()[0]?.contacts[0]
    assert.deepEqual(clientOf({ kind: 'found', result: given }), {
      kind: 'contact',
      id: contact,
      owner: 7000001,
      how: 'look-up',
    })
    assert.equal(await stage.index.incoming(phoneKey), undefined)
    assert.deepEqual((await stage.index.lookup(phoneKey))[0]?.id, contact)
    await register('3')
    assert.equal(stage.sandbox.unsorted().length, 1)
    assert.equal(stage.sandbox.callNotes().length, 3)
  })

  test('once it was declined, the next call is a new incoming lead', async () => {
    await register('1')
    await sortOut(stage.sandbox, uid(), 'decline')
    await register('2')
    assert.deepEqual(
      stage.sandbox.unsorted().map(({ state, metadata }) => [state, metadata['uniq']]),
      [
        ['declined', 'main/1'],
        ['waiting', 'main/2'],
      ],
    )
  })

  test('who became a client meanwhile by another way is preferred to the lead that waits', async () => {
    await register('1')
    const id = stage.sandbox.addContact({ name: 'Иван', phones: [phone] })
    await stage.index.upsert([{ kind: 'contact', id, name: 'Иван', owner: 7000002, keys: [phoneKey], updatedAt: 1 }])
    assert.deepEqual(clientOf({ kind: 'found', result: await register('2') }), {
      kind: 'contact',
      id,
      owner: 7000002,
      how: 'index',
    })
  })

  test('two calls of the number in one batch: the second waits for the first', async () => {
    const outcomes = await send(
      stage.clients,
      unsortedJob('1'),
      unsortedJob('2'),
      unsortedJob('3', { phone: '+79990001122' }),
    )
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['done', 'retry', 'done'],
    )
    assert.equal(stage.sandbox.unsorted().length, 2)
  })

  test('many strangers cost one request for their leads', async () => {
    const jobs = Array.from({ length: 40 }, (_, n) => unsortedJob(`s${n}`, { phone: `+7900${1000000 + n}` }))
    await send(stage.clients, ...jobs)
    assert.equal(stage.sandbox.unsorted().length, 40)
    assert.equal(stage.sandbox.requests().filter(({ method }) => method === 'POST').length, 1)
  })

  test('a call that has grown old becomes a contact: no lead is made of old calls', async () => {
    const [outcome] = await send(stage.clients, unsortedJob('1', { quietAt: Date.now() - 1 }))
    assert.equal((resultOf(outcome) as { how: string }).how, 'created')
    assert.equal(stage.sandbox.unsorted().length, 0)
  })

  test('the waiting contact is gone: the number is forgotten and the call finds its client anew', async () => {
    await register('1')
    const [outcome] = await send(stage.clients, unsortedJob('2'))
    await sortOut(stage.sandbox, uid(), 'decline')
    assert.equal((await send(stage.notes, noteJob('2', resultOf(outcome))))[0]?.kind, 'lost-ground')
    assert.equal(await stage.index.incoming(phoneKey), undefined)
    await register('2')
    assert.equal(stage.sandbox.unsorted().at(-1)?.metadata['uniq'], 'main/2')
  })
})

describe('given a known caller', () => {
  test('no incoming lead is made', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван', phones: ['8 (922) 153-23-27'], owner: 7000003 })
    assert.deepEqual(clientOf({ kind: 'found', result: await register('1') }), {
      kind: 'contact',
      id,
      owner: 7000003,
      how: 'index',
    })
    assert.equal(stage.sandbox.unsorted().length, 0)
  })
})

describe('given an account that takes no incoming leads', () => {
  test('switched off: a contact is made, and the switch is asked for once', async () => {
    await stages.end(stage)
    let asked = 0
    const takesIncomingLeads = () => {
      asked += 1
      return Promise.resolve(false)
    }
    stage = await stages.begin({ rules: unsortedRules, crm: { takesIncomingLeads } })
    const outcomes = await send(stage.clients, unsortedJob('1'), unsortedJob('2', { phone: '+79990001122' }))
    assert.deepEqual(
      outcomes.map((outcome) => (resultOf(outcome) as { how: string }).how),
      ['created', 'created'],
    )
    assert.deepEqual([asked, stage.sandbox.unsorted().length], [1, 0])
  })

  test('refused though it was said to be on: a contact is made, the call is not lost', async () => {
    await stages.end(stage)
    const nowhere = rules({ incomingUnknown: { create: 'unsorted', lead: { pipeline: 1 } } })
    stage = await stages.begin({ rules: nowhere, crm: { takesIncomingLeads: () => Promise.resolve(true) } })
    const [outcome] = await send(stage.clients, unsortedJob('1'))
    assert.equal((resultOf(outcome) as { how: string }).how, 'created')
  })
})

describe('given an answer that was lost', () => {
  const lose = () =>
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'gateway-timeout', execution: 'executed' } })

  test('the incoming lead is proven by its uniq and remembered for the next call', async () => {
    lose()
    assert.equal((await send(stage.clients, unsortedJob('1')))[0]?.kind, 'ambiguous')
    const [proof] = await prove(stage.clients, unsortedJob('1'))
    assert.deepEqual(clientOf(proof), { kind: 'unsorted', lead: stage.sandbox.unsorted()[0]?.lead })
    await register('2')
    assert.equal(stage.sandbox.unsorted().length, 1)
    assert.equal(stage.sandbox.callNotes().length, 2)
  })

  test('accepted before anybody could look: its note on the lead is the proof, and no second one is written', async () => {
    lose()
    await send(stage.clients, unsortedJob('1'))
    await sortOut(stage.sandbox, uid(), 'accept')
    const [proof] = await prove(stage.clients, unsortedJob('1'))
    assert.equal((resultOf(proof) as { kind: string }).kind, 'unsorted')
  })

  test('not executed: absent; another call’s incoming lead is no proof', async () => {
    await register('1')
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'gateway-timeout' } })
    const stranger = unsortedJob('2', { phone: '+79990001122' })
    assert.equal((await send(stage.clients, stranger))[0]?.kind, 'ambiguous')
    assert.deepEqual(await prove(stage.clients, stranger), [{ kind: 'absent' }])
  })

  test('of the contact that took its place: proven as a contact', async () => {
    lose()
    const old = unsortedJob('1', { quietAt: Date.now() - 1 })
    assert.equal((await send(stage.clients, old))[0]?.kind, 'ambiguous')
    assert.equal((resultOf((await prove(stage.clients, old))[0]) as { how: string }).how, 'proven')
  })

  test('a look that fails proves nothing', async () => {
    stage.sandbox.fault({ do: { kind: 'server-error' }, times: 5 })
    assert.equal((await prove(stage.clients, unsortedJob('1')))[0]?.kind, 'unknown')
  })
})

test('given a CRM that is down, when asked whether the lead still waits, then the call is tried again', async () => {
  await register('1')
  stage.sandbox.fault({ match: { method: 'GET' }, do: { kind: 'server-error' }, times: 5 })
  assert.equal((await send(stage.clients, unsortedJob('2')))[0]?.kind, 'retry')
})

describe('what builds on the job', () => {
  const taskJob = (given: unknown) => callJob('task', '1:task', given, missed)

  test('no task is made where an incoming lead asks for somebody by itself', async () => {
    const waiting = { ...onContact(1), how: 'incoming', incoming: 'aa' }
    for (const given of [{ kind: 'unsorted', lead: 901 }, waiting]) {
      const [outcome] = await send(stage.tasks, taskJob(given))
      assert.match(JSON.stringify(resultOf(outcome)), /incoming lead|waits-in-unsorted/)
    }
    assert.equal(stage.sandbox.tasks().length, 0)
  })

  test('where nobody is made for an unknown number, note and task end without a request', async () => {
    for (const [outcome] of [
      await send(stage.tasks, taskJob({ kind: 'nobody' })),
      await send(stage.notes, noteJob('1', { kind: 'nobody' })),
    ])
      assert.deepEqual(resultOf(outcome), { skipped: 'unknown client' })
    assert.equal(stage.sandbox.requests().length, 0)
  })

  test('interrupted while it had nothing to write, the note is done all the same', async () => {
    const [proof] = await prove(stage.notes, noteJob('1', { kind: 'unsorted', lead: 901 }))
    assert.equal(proof?.kind, 'found')
  })
})
