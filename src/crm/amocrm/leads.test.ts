import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import type { CrmLead, LeadPage, NewLead } from '../leads-port.ts'
import type { Crm, WriteOutcome } from '../port.ts'

const { signal } = new AbortController()
const main = { pipeline: 4400, first: 44001, second: 44002 }
const won = 142

let sandbox: Sandbox
let crm: Crm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = connectedCrm(sandbox)
})
afterEach(() => sandbox[Symbol.asyncDispose]())

const only = ([outcome]: readonly WriteOutcome[]): WriteOutcome => outcome ?? assert.fail('no outcome')
const contact = (id: number) => ({ kind: 'contact', id }) as const
const newLead = (client: number, given: Partial<NewLead> = {}): NewLead => ({
  name: 'Звонок',
  client: contact(client),
  createdAt: Date.now(),
  uniq: 'main/1.1',
  ...given,
})
async function all(pages: AsyncIterable<LeadPage>): Promise<readonly CrmLead[]> {
  const leads: CrmLead[] = []
  for await (const page of pages) leads.push(...page.leads)
  return leads
}
const ids = (leads: readonly { readonly id: number }[]) => leads.map(({ id }) => id).toSorted((a, b) => a - b)

describe('pipelines', () => {
  test('tell what each stage means; archived ones are left out', async () => {
    const second = sandbox.addPipeline({ name: 'Опт', stages: ['Заявка'] })
    const old = sandbox.addPipeline({ name: 'Старая', stages: ['Заявка'] })
    sandbox.archivePipeline(old)
    sandbox.switchUnsorted(false, second)
    const pipelines = await crm.pipelines(signal)
    assert.deepEqual(
      pipelines.map(({ id, main, unsorted }) => [id, main, unsorted]),
      [
        [main.pipeline, true, true],
        [second, false, false],
      ],
    )
    assert.deepEqual(
      pipelines[0]?.statuses.map(({ id, kind }) => [id, kind]),
      [
        [44000, 'unsorted'],
        [main.first, 'open'],
        [main.second, 'open'],
        [142, 'won'],
        [143, 'lost'],
      ],
    )
  })
})

describe('creating leads', () => {
  test('given a client, then the lead stands on him, where it was told to', async () => {
    const [person, company] = [sandbox.addContact({ name: 'Иван' }), sandbox.addCompany({ name: 'Ромашка' })]
    const outcomes = await crm.createLeads(
      [
        newLead(person, { pipeline: main.pipeline, status: main.second, owner: 7000002 }),
        newLead(0, { name: 'Второй', client: { kind: 'company', id: company } }),
      ],
      signal,
    )
    const [first, second] = sandbox.leads()
    assert.deepEqual(outcomes, [
      { kind: 'written', id: first?.id },
      { kind: 'written', id: second?.id },
    ])
    assert.deepEqual([first?.contacts, first?.status, first?.owner], [[person], main.second, 7000002])
    assert.deepEqual([second?.companies, second?.status], [[company], main.first])
  })

  test('custom fields are written in their own type, tags beside them', async () => {
    const person = sandbox.addContact({ name: 'Иван' })
    const fields = [
      { field: 11201, value: 'A-17' },
      { field: 11203, value: 'Звонок' },
      { field: 11207, value: '1 234,5' },
      { field: 11209, value: '2026-11-20T08:52:34Z' },
      { field: 11211, value: 'да' },
      { field: 'UTM_SOURCE', value: 'call' },
    ]
    const outcome = only(await crm.createLeads([newLead(person, { fields, tags: ['звонок', 'звонок', ' '] })], signal))
    assert.deepEqual(outcome, { kind: 'written', id: sandbox.leads()[0]?.id })
    const sent = sandbox.requests().findLast(({ method }) => method === 'POST')?.json
    assert.ok(Array.isArray(sent))
    assert.deepEqual(
      sent[0].custom_fields_values.map((field: { values: { value: unknown }[] }) => field.values[0]?.value),
      ['A-17', 'Звонок', 1234.5, 1795164754, true, 'call'],
    )
    assert.deepEqual(sent[0].tags_to_add, [{ name: 'звонок' }])
  })

  test('given a field that was deleted and a dismissed owner, then the lead is made without them, the others untouched', async () => {
    const person = sandbox.addContact({ name: 'Иван' })
    sandbox.removeField('leads', 11201)
    const outcomes = await crm.createLeads(
      [
        newLead(person, { fields: [{ field: 11201, value: 'A-17' }] }),
        newLead(person, { owner: 7000009 }),
        newLead(person),
      ],
      signal,
    )
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'written' && (outcome.without ?? 'whole')),
      ['decoration', 'user', 'whole'],
    )
    assert.equal(sandbox.leads().length, 3)
  })

  test('given a client who is gone, then that is told and the others are made', async () => {
    const [gone, there] = [sandbox.addContact({ name: 'А' }), sandbox.addContact({ name: 'Б' })]
    sandbox.deleteContact(gone)
    const outcomes = await crm.createLeads([newLead(gone), newLead(there)], signal)
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['entity-gone', 'written'],
    )
  })

  test('given a stage that is not there, then it is refused and nothing is made', async () => {
    const person = sandbox.addContact({ name: 'Иван' })
    const outcome = only(await crm.createLeads([newLead(person, { pipeline: 4400, status: 99 })], signal))
    assert.equal(outcome.kind, 'refused')
    assert.equal(sandbox.leads().length, 0)
  })

  test('given a field list that cannot be read, then nothing was written and it may go again', async () => {
    const person = sandbox.addContact({ name: 'Иван' })
    sandbox.fault({ match: { path: '/api/v4/leads/custom_fields' }, do: { kind: 'server-error' } })
    const asked = [newLead(person, { fields: [{ field: 11201, value: 'x' }] })]
    const outcome = only(await crm.createLeads(asked, signal))
    assert.ok(outcome.kind === 'failed' && outcome.error.written === 'no')
    assert.equal(only(await crm.createLeads(asked, signal)).kind, 'written')
  })

  test('a lead is as old as its call: by that it is known again', async () => {
    const callBegan = Date.now() - 3_600_500
    await crm.createLeads([newLead(sandbox.addContact({ name: 'Иван' }), { createdAt: callBegan })], signal)
    const [found] = await crm.leadsCreatedSince(callBegan - 60_000, signal)
    assert.equal(found?.createdAt, Math.floor(callBegan / 1000) * 1000)
  })

  test('what was made since then is listed by its time, with its client', async () => {
    const person = sandbox.addContact({ name: 'Иван' })
    sandbox.addLead({ name: 'старая', contacts: [person], createdAt: 1000 })
    await crm.createLeads([newLead(person, { name: 'новая' })], signal)
    const [found, ...others] = await crm.leadsCreatedSince(Date.now() - 60_000, signal)
    assert.deepEqual([found?.name, found?.clients, others], ['новая', [contact(person)], []])
  })
})

describe('following leads', () => {
  test('with no instant only open ones come, with their clients, the main contact first', async () => {
    const [person, company] = [sandbox.addContact({ name: 'Иван' }), sandbox.addCompany({ name: 'Ромашка' })]
    const other = sandbox.addPipeline({ name: 'Опт', stages: ['Заявка'] })
    const open = sandbox.addLead({ name: 'открыта', contacts: [person], company })
    const elsewhere = sandbox.addLead({ name: 'в другой', pipeline: other })
    const closed = sandbox.addLead({ name: 'закрыта', status: won })
    const deleted = sandbox.addLead({ name: 'удалена' })
    sandbox.deleteLead(deleted)
    await crm.createIncomingLeads([incoming('+79221532327')], signal)

    const leads = await all(crm.leadsChangedSince(undefined, signal))
    assert.deepEqual(ids(leads), ids([{ id: open }, { id: elsewhere }]))
    const found = leads.find(({ id }) => id === open)
    assert.deepEqual(found?.clients, [contact(person), { kind: 'company', id: company }])
    assert.deepEqual([found?.open, found?.owner, found?.status], [true, 7000001, main.first])
    assert.deepEqual(ids(await crm.leadsById([open, closed, deleted, 99], signal)), ids([{ id: open }, { id: closed }]))
  })

  test('with an instant closed ones come too, so that they can be forgotten', async () => {
    const lead = sandbox.addLead({ name: 'закроется' })
    sandbox.moveLead(lead, { status: won })
    const [found] = await all(crm.leadsChangedSince(Date.now() - 10_000, signal))
    assert.deepEqual([found?.id, found?.open], [lead, false])
  })

  test('given a page the CRM cannot make in time, then it is asked for smaller ones and nobody is missed', async () => {
    for (let n = 0; n < 60; n++) sandbox.addLead({ name: `${n}` })
    sandbox.fault({ match: { path: '/api/v4/leads' }, times: 2, do: { kind: 'gateway-timeout' } })
    const leads = await all(crm.leadsChangedSince(undefined, signal))
    assert.equal(new Set(ids(leads)).size, 60)
    assert.ok(sandbox.requests().some(({ query }) => query.includes('limit=62')))
  })
})

describe('changing what is there', () => {
  test('only what is named is sent; phones and tags that are there stay', async () => {
    const person = sandbox.addContact({ name: 'Звонок', phones: ['+79221532327', '+79221532328'] })
    const lead = sandbox.addLead({ name: 'Звонок', contacts: [person] })
    const outcomes = await crm.changeEntities(
      [
        { entity: contact(person), owner: 7000002, name: 'Иван', tags: ['новый'] },
        { entity: { kind: 'lead', id: lead }, status: { pipeline: main.pipeline, status: main.second } },
        { entity: contact(person), owner: 7000003, tags: ['ещё'] },
      ],
      signal,
    )
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'written' && outcome.id),
      [person, lead, person],
    )
    const [changed] = sandbox.contacts()
    assert.deepEqual(
      [changed?.name, changed?.owner, changed?.phones, changed?.tags],
      ['Иван', 7000003, ['+79221532327', '+79221532328'], ['новый', 'ещё']],
    )
    assert.equal(sandbox.leads()[0]?.status, main.second)
  })

  test('given one that is gone among many, then only it is told so, and many are few requests', async () => {
    const people = Array.from({ length: 300 }, (_, n) => sandbox.addContact({ name: `К${n}` }))
    sandbox.deleteContact(people[7] ?? 0)
    sandbox.clearRequests()
    const outcomes = await crm.changeEntities(
      people.map((id) => ({ entity: contact(id), owner: 7000002 })),
      signal,
    )
    assert.equal(outcomes[7]?.kind, 'entity-gone')
    assert.equal(outcomes.filter(({ kind }) => kind === 'written').length, 299)
    assert.equal(sandbox.requests().length, 3)
  })

  test('custom fields can be looked at before a call needs them', async () => {
    const fields = await crm.customFields('lead', signal)
    assert.deepEqual(
      fields.find(({ id }) => id === 11203),
      { id: 11203, code: undefined, name: 'Канал', type: 'select', choices: ['Звонок', 'Сайт'] },
    )
    assert.equal((await crm.customFields('contact', signal)).find(({ code }) => code === 'POSITION')?.id, 11005)
  })
})

describe('a new contact', () => {
  test('brings its fields and tags, and is linked to its company', async () => {
    const company = sandbox.addCompany({ name: 'Ромашка' })
    const fields = [{ field: 'POSITION', value: 'директор' }]
    const outcome = only(
      await crm.createContacts([{ name: 'Иван', phone: '+79221532327', fields, tags: ['звонок'], company }], signal),
    )
    const [stored] = sandbox.contacts()
    assert.deepEqual(outcome, { kind: 'written', id: stored?.id })
    assert.deepEqual([stored?.phones, stored?.tags], [['+79221532327'], ['звонок']])
    const link = sandbox.requests().findLast(({ path }) => path === '/api/v4/contacts/link')
    assert.equal(link?.status, 200)
  })

  test('given a company that is gone, then the contact is there all the same', async () => {
    const outcome = only(await crm.createContacts([{ name: 'Иван', phone: '+79221532327', company: 99 }], signal))
    assert.equal(outcome.kind, 'written')
  })
})

describe('an incoming lead', () => {
  test('brings names, fields, tags and the recording', async () => {
    const given = {
      ...incoming('+79221532327'),
      contactName: 'Иван',
      contactFields: [{ field: 'POSITION', value: 'директор' }],
      leadFields: [{ field: 11207, value: '3' }],
      tags: ['звонок'],
      recordingUrl: 'https://pbx.example.com/r/1.mp3',
    }
    const [outcome] = await crm.createIncomingLeads([given], signal)
    assert.equal(outcome?.kind, 'written')
    assert.equal(outcome.kind === 'written' && outcome.without, undefined)
    assert.deepEqual([sandbox.contacts()[0]?.name, sandbox.leads()[0]?.name], ['Иван', 'Звонок'])
    assert.equal(sandbox.unsorted()[0]?.metadata['link'], 'https://pbx.example.com/r/1.mp3')
  })
})

function incoming(phone: string) {
  return {
    name: 'Звонок',
    uniq: 'main/1.1',
    phone,
    startedAt: Date.now(),
    talkSeconds: 0,
    person: undefined,
    line: '7001',
    lineName: 'Реклама',
    pipeline: undefined,
  }
}
