import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Call, flaws, ids, list, pick, testSandbox } from './_client.ts'

const metadata = {
  phone: '+79991112233',
  from: 'callweave',
  called_at: 1_700_000_000,
  duration: 0,
  link: '',
  service_code: 'callweave',
  uniq: 'pbx/1',
}
const contact = { name: 'Иван', custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '+79991112233' }] }] }
const item = {
  source_uid: '7001',
  source_name: 'Линия 7001',
  metadata,
  _embedded: { leads: [{ name: 'Звонок' }], contacts: [contact] },
}

async function created(call: Call): Promise<string> {
  const reply = await call('POST', '/api/v4/leads/unsorted/sip', [{ ...item, request_id: 'r' }])
  assert.equal(reply.status, 200)
  return String(pick(list(reply.json, '_embedded.unsorted')[0], 'uid'))
}

test('given an incoming call when stored then lead and contact exist, hidden from list and search, with a call note', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const uid = await created(call)
  assert.equal(pick((await call('GET', '/api/v4/leads/901')).json, 'status_id'), 44000)
  assert.equal((await call('GET', '/api/v4/contacts')).status, 204)
  assert.equal((await call('GET', '/api/v4/contacts?query=9991112233')).status, 204)
  assert.equal(pick((await call('GET', '/api/v4/contacts/501')).json, 'is_unsorted'), true)
  assert.deepEqual(
    sandbox.callNotes().map(({ entity, uniq }) => [entity, uniq]),
    [[{ type: 'leads', id: 901 }, 'pbx/1']],
  )
  const one = await call('GET', `/api/v4/leads/unsorted/${uid}`)
  assert.equal(pick(one.json, 'metadata.uniq'), 'pbx/1')
  assert.equal(list((await call('GET', '/api/v4/leads/unsorted')).json, '_embedded.unsorted').length, 1)
  const { direction, phone, duration, source } = {
    direction: 'inbound',
    phone: '+79991112233',
    duration: 1,
    source: 'x',
  }
  assert.equal((await call('POST', '/api/v4/calls', [{ direction, phone, duration, source }])).status, 400)
})

test('given an incoming call without a wish for a note then there is none', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  await call('POST', '/api/v4/leads/unsorted/sip', [
    { ...item, metadata: { ...metadata, is_call_event_needed: false } },
  ])
  assert.deepEqual(sandbox.callNotes(), [])
})

test('given an incoming lead when accepted then the contact is listed and the lead stands in an ordinary stage', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const uid = await created(call)
  const reply = await call('POST', `/api/v4/leads/unsorted/${uid}/accept`, { user_id: 7000002 })
  assert.equal(pick(reply.json, '_embedded.leads.0.id'), 901)
  assert.equal(sandbox.leads()[0]?.status, 44001)
  assert.deepEqual(ids(await call('GET', '/api/v4/contacts'), 'contacts'), [501])
  assert.equal((await call('GET', `/api/v4/leads/unsorted/${uid}`)).status, 204)
  assert.equal((await call('POST', `/api/v4/leads/unsorted/${uid}/accept`, {})).status, 404)
  assert.equal(pick((await call('GET', '/api/v4/leads/unsorted/summary')).json, 'accepted'), 1)
})

test('given an incoming lead when declined then lead and contact are gone; linking one of a call is refused', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const uid = await created(call)
  const refused = await call('POST', `/api/v4/leads/unsorted/${uid}/link`, {})
  assert.equal(pick(refused.json, 'detail'), 'Only chats and mail')
  assert.equal((await call('DELETE', `/api/v4/leads/unsorted/${uid}/decline`)).status, 200)
  assert.equal((await call('GET', '/api/v4/leads/901')).status, 204)
  assert.equal((await call('GET', '/api/v4/contacts/501')).status, 204)
  assert.equal((await call('GET', '/api/v4/leads/unsorted')).status, 204)
  assert.equal(pick((await call('GET', '/api/v4/leads/unsorted/summary')).json, 'declined'), 1)
})

test('given wrong incoming leads when posted then each flaw is named and none is stored', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const reply = await call('POST', '/api/v4/leads/unsorted/sip', [
    item,
    { metadata: {} },
    { ...item, _embedded: { leads: [{ status_id: 1 }], contacts: [{ name: null }] } },
    { ...item, _embedded: { leads: [{ pipeline_id: 1 }] } },
  ])
  assert.deepEqual(flaws(reply), [
    '1: FieldMissing source_uid',
    '1: FieldMissing source_name',
    '1: FieldMissing metadata.phone',
    '1: FieldMissing metadata.from',
    '1: FieldMissing metadata.called_at',
    '1: FieldMissing metadata.duration',
    '1: FieldMissing metadata.link',
    '1: FieldMissing metadata.service_code',
    '2: NotNullable _embedded.contacts.0.name',
    '3: NotSupportedChoice _embedded.leads.0.pipeline_id',
  ])
  assert.deepEqual([sandbox.leads(), sandbox.contacts(), sandbox.unsorted()], [[], [], []])
})
