import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, ids, list, pick, testSandbox } from './_client.ts'

test('given fields of every type when written then each takes values of its own kind and reads them back', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const written = await call('POST', '/api/v4/leads', [
    {
      custom_fields_values: [
        { field_id: 11201, values: [{ value: 'A-1' }] },
        { field_id: 11203, values: [{ value: 'Звонок' }] },
        { field_id: 11205, values: [{ enum_id: 12211 }, { value: 'Срок' }] },
        { field_id: 11207, values: [{ value: '17' }] },
        { field_id: 11209, values: [{ value: 1_700_000_000 }] },
        { field_id: 11211, values: [{ value: true }] },
        { field_code: 'UTM_SOURCE', values: [{ value: 'call' }] },
      ],
    },
  ])
  assert.equal(written.status, 200)
  const read = list((await call('GET', '/api/v4/leads/901')).json, 'custom_fields_values')
  assert.deepEqual(
    read.map((field) => [pick(field, 'field_type'), list(field, 'values').map((value) => pick(value, 'value'))]),
    [
      ['text', ['A-1']],
      ['select', ['Звонок']],
      ['multiselect', ['Цена', 'Срок']],
      ['numeric', ['17']],
      ['date_time', [1_700_000_000]],
      ['checkbox', [true]],
      ['tracking_data', ['call']],
    ],
  )
  assert.equal(pick(read[1], 'values.0.enum_id'), 12201)
})

test('given values that do not fit their field then each is named by its path', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const wrong: readonly (readonly [number, readonly unknown[]])[] = [
    [11201, [{ value: 5 }]],
    [11201, [{ value: 'a' }, { value: 'b' }]],
    [11201, [{ value: 'a', enum_id: 1 }]],
    [11203, [{ value: 'Письмо' }]],
    [11203, [{ enum_id: 12211 }]],
    [11203, [{}]],
    [11207, [{ value: 'много' }]],
    [11209, [{ value: '20.11.2026' }]],
    [11211, [{ value: 1 }]],
  ]
  const reply = await call(
    'POST',
    '/api/v4/leads',
    wrong.map(([field_id, values]) => ({ custom_fields_values: [{ field_id, values }] })),
  )
  assert.deepEqual(
    flaws(reply).map((flaw) => flaw.replace('custom_fields_values.0.', '')),
    [
      '0: InvalidType values.0.value',
      '1: NotSupportedChoice values',
      '2: NotSupportedChoice values.0.enum_id',
      '3: NotSupportedChoice values.0.value',
      '4: NotSupportedChoice values.0.enum_id',
      '5: FieldMissing values.0.value',
      '6: InvalidType values.0.value',
      '7: InvalidType values.0.value',
      '8: InvalidType values.0.value',
    ],
  )
  const phone = [{ custom_fields_values: [{ field_code: 'PHONE', values: [{ value: 79991112233 }] }] }]
  assert.deepEqual(flaws(await call('POST', '/api/v4/contacts', phone)), [
    '0: InvalidType custom_fields_values.0.values.0.value',
  ])
})

test('given a field that a person removed when written then the whole batch is refused, and cards have lost it', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const field = sandbox.addField('contacts', { name: 'Источник', type: 'select', values: ['Звонок'] })
  const item = { custom_fields_values: [{ field_id: field.id, values: [{ enum_id: field.enums[0]?.id }] }] }
  assert.equal((await call('POST', '/api/v4/contacts', [item])).status, 200)
  sandbox.removeField('contacts', field.id)
  assert.deepEqual(flaws(await call('POST', '/api/v4/contacts', [{ name: 'good' }, item])), [
    '1: NotSupportedChoice custom_fields_values.0.field_id',
  ])
  assert.equal(pick((await call('GET', '/api/v4/contacts/501')).json, 'custom_fields_values'), null)
  assert.equal((await call('GET', `/api/v4/contacts/custom_fields/${field.id}`)).status, 204)
})

test('given the paid filter when it is off then everybody comes, when it is on then who has the value', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const ivan = sandbox.addContact({ phones: ['+79991112233'] })
  const pyotr = sandbox.addContact({ phones: ['+79990000000'] })
  const path = '/api/v4/contacts?filter[custom_fields_values][11001][]=%2B79991112233'
  assert.deepEqual(ids(await call('GET', path), 'contacts'), [ivan, pyotr])
  sandbox.switchApiFilter(true)
  assert.deepEqual(ids(await call('GET', path), 'contacts'), [ivan])
  assert.equal(
    pick((await call('GET', '/api/v4/account?with=is_api_filter_enabled')).json, 'is_api_filter_enabled'),
    true,
  )
})
