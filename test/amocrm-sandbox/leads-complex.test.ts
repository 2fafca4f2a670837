import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, testSandbox } from './_client.ts'

const contact = { name: 'Иван', custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '+79991112233' }] }] }
const lead = { name: 'Звонок', _embedded: { contacts: [contact], companies: [{ name: 'ООО' }] } }

test('given lead, contact and company at once then a bare array tells their ids, without looking for duplicates', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const reply = await call('POST', '/api/v4/leads/complex', [{ ...lead, request_id: 'r' }, lead])
  assert.deepEqual(reply.json, [
    { id: 901, contact_id: 501, company_id: 801, request_id: ['r'], merged: false },
    { id: 902, contact_id: 502, company_id: 802, request_id: ['1'], merged: false },
  ])
  assert.deepEqual(sandbox.leads()[0]?.contacts, [501])
  assert.equal(sandbox.leads()[0]?.status, 44001)
  assert.deepEqual([sandbox.unsorted(), sandbox.contacts()[0]?.unsorted], [[], false])
})

test('given duplicate control when the phone is known then the data goes to what is there', async () => {
  const { sandbox, call } = await testSandbox({ duplicateControl: true })
  await using _ = sandbox
  const known = sandbox.addContact({ name: 'Иван', phones: ['8 999 111-22-33'] })
  const open = sandbox.addLead({ contacts: [known] })
  const reply = await call('POST', '/api/v4/leads/complex', [{ _embedded: { contacts: [contact] } }])
  assert.deepEqual(reply.json, [{ id: open, contact_id: known, company_id: null, request_id: ['0'], merged: true }])
  assert.equal(sandbox.contacts().length, 1)
})

test('given wrong or too many leads then nothing is stored', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const wrong = [lead, { _embedded: { contacts: [{ id: 9 }] } }, { _embedded: { metadata: {} } }, { status_id: 1 }]
  assert.deepEqual(flaws(await call('POST', '/api/v4/leads/complex', wrong)), [
    '1: NotSupportedChoice _embedded.contacts.0.id',
    '2: FieldMissing _embedded.metadata.category',
    '3: NotSupportedChoice status_id',
  ])
  assert.equal(
    (
      await call(
        'POST',
        '/api/v4/leads/complex',
        Array.from({ length: 51 }, () => ({})),
      )
    ).status,
    400,
  )
  assert.deepEqual([sandbox.leads(), sandbox.contacts()], [[], []])
})
