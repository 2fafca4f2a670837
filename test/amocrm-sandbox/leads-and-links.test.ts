import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, ids, list, pick, testSandbox } from './_client.ts'

test('given a lead without a stage when created then it stands in the first ordinary one of the main pipeline, linked', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const company = sandbox.addCompany({ name: 'ООО' })
  const written = await call('POST', '/api/v4/leads', [
    { name: 'Звонок', _embedded: { contacts: [{ id: contact }], companies: [{ id: company }] }, request_id: 'r' },
  ])
  assert.deepEqual(Object.keys(Object(list(written.json, '_embedded.leads')[0])), ['id', 'request_id', '_links'])
  const read = await call('GET', '/api/v4/leads/901?with=contacts')
  assert.equal(pick(read.json, 'pipeline_id'), 4400)
  assert.equal(pick(read.json, 'status_id'), 44001)
  assert.equal(pick(read.json, 'closed_at'), null)
  assert.equal(pick(read.json, '_embedded.contacts.0.is_main'), true)
  assert.equal(pick(read.json, '_embedded.companies.0.id'), company)
  assert.equal(pick((await call('GET', '/api/v4/leads/901')).json, '_embedded.contacts'), undefined)
})

test('given a contact with leads when read then only ids come, and only when asked for', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const lead = sandbox.addLead({ contacts: [contact], status: 143 })
  const href = `${sandbox.url}/api/v4/leads/${lead}`
  const read = await call('GET', `/api/v4/contacts/${contact}?with=leads`)
  assert.deepEqual(pick(read.json, '_embedded.leads'), [{ id: lead, _links: { self: { href } } }])
  assert.equal(pick((await call('GET', `/api/v4/contacts/${contact}`)).json, '_embedded.leads'), undefined)
})

test('given wrong leads when posted then each flaw is named and none is stored', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const reply = await call('POST', '/api/v4/leads', [
    { pipeline_id: 1 },
    { status_id: 44000 },
    { loss_reason_id: 1 },
    { price: '5' },
    { _embedded: { contacts: [{ id: 999 }] } },
    { _embedded: { contacts: [{ id: 1 }, { id: 2 }], customers: [] } },
  ])
  assert.deepEqual(flaws(reply), [
    '0: NotSupportedChoice pipeline_id',
    '1: NotSupportedChoice status_id',
    '2: NotSupportedChoice loss_reason_id',
    '3: InvalidType price',
    '4: NotSupportedChoice _embedded.contacts.0.id',
    '5: NotSupportedChoice _embedded.contacts',
    '5: FieldNotExpected _embedded.customers',
  ])
  assert.deepEqual(sandbox.leads(), [])
})

test('given a lead when it is won and reopened then closed_at comes and goes and events tell it', async () => {
  const { sandbox, call, seconds } = await testSandbox()
  await using _ = sandbox
  const lead = sandbox.addLead({})
  const closedAt = async () => pick((await call('GET', `/api/v4/leads/${lead}`)).json, 'closed_at')
  await call('PATCH', `/api/v4/leads/${lead}`, { status_id: 142 })
  assert.equal(await closedAt(), seconds())
  await call('PATCH', '/api/v4/leads', [{ id: lead, status_id: 44002, responsible_user_id: 7000002 }])
  assert.equal(await closedAt(), null)
  const events = await call('GET', '/api/v4/events?filter[type]=lead_status_changed,entity_responsible_changed')
  assert.equal(list(events.json, '_embedded.events').length, 3)
})

test('given leads in several stages when filtered by pairs then pipeline and status hold together', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const open = sandbox.addLead({})
  const won = sandbox.addLead({ status: 142 })
  const pair = (status: number) => `filter[statuses][0][pipeline_id]=4400&filter[statuses][0][status_id]=${status}`
  assert.deepEqual(ids(await call('GET', `/api/v4/leads?${pair(142)}`), 'leads'), [won])
  assert.deepEqual(ids(await call('GET', `/api/v4/leads?${pair(44001)}`), 'leads'), [open])
  assert.equal((await call('GET', '/api/v4/leads?filter[statuses][0][status_id]=142')).status, 400)
})

test('given links when made, read and broken then both ends know, a second company replaces the first and updated_at moves', async () => {
  const { sandbox, call, advance, seconds } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const [one, two] = [sandbox.addCompany({ name: 'A' }), sandbox.addCompany({ name: 'B' })]
  advance(5000)
  const linkTo = (id: number | undefined) => [{ to_entity_id: id, to_entity_type: 'companies' }]
  assert.equal((await call('GET', `/api/v4/contacts/${contact}/links`)).status, 204)
  await call('POST', `/api/v4/contacts/${contact}/link`, linkTo(one))
  const second = await call('POST', `/api/v4/contacts/${contact}/link`, linkTo(two))
  assert.equal(pick(second.json, '_embedded.links.0.to_entity_id'), two)
  const read = await call('GET', `/api/v4/contacts/${contact}/links`)
  assert.deepEqual(pick(read.json, '_embedded.links'), [
    { to_entity_id: two, to_entity_type: 'companies', metadata: null },
  ])
  assert.equal(pick((await call('GET', `/api/v4/companies/links?filter[entity_id][]=${two}`)).json, '_total_items'), 1)
  assert.equal(sandbox.contacts()[0]?.updatedAt, seconds())
  assert.equal((await call('POST', `/api/v4/contacts/${contact}/unlink`, linkTo(two))).status, 204)
  assert.equal((await call('GET', `/api/v4/contacts/${contact}/links`)).status, 204)
  const wrong = [
    { to_entity_id: 999, to_entity_type: 'companies' },
    { to_entity_id: one, to_entity_type: 'company' },
  ]
  assert.deepEqual(flaws(await call('POST', `/api/v4/contacts/${contact}/link`, wrong)), [
    '0: NotSupportedChoice to_entity_id',
    '1: NotSupportedChoice to_entity_type',
  ])
})
