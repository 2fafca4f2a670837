import assert from 'node:assert/strict'
import { test } from 'vitest'
import { slimmerItem } from './slimmer-item.ts'

const error = (path: string) => ({ item: '0', code: 'NotSupportedChoice', path, detail: '' })
const phone = { field_code: 'PHONE', values: [{ value: '+79221532327' }] }
const city = { field_id: 5, values: [{ value: 'Екатеринбург' }] }
const contact = {
  name: 'Иван',
  responsible_user_id: 7,
  tags_to_add: [{ name: 'a' }],
  custom_fields_values: [phone, city],
}

test('a dismissed owner and a deleted field are left out together, told as the user', () => {
  const found = slimmerItem(contact, [error('responsible_user_id'), error('custom_fields_values.1.field_id')])
  assert.deepEqual(found, {
    item: { name: 'Иван', tags_to_add: [{ name: 'a' }], custom_fields_values: [phone] },
    without: 'user',
  })
})

test('tags and a source are decorations', () => {
  const lead = { name: 'x', tags_to_add: [{ name: 'a' }], _embedded: { source: { external_id: 's' } } }
  const found = slimmerItem(lead, [error('tags_to_add.0.name'), error('_embedded.source.external_id')])
  assert.deepEqual(found, { item: { name: 'x' }, without: 'decoration' })
})

test('inside an incoming lead too', () => {
  const lead = {
    metadata: { phone: '1', call_responsible: 7 },
    _embedded: { leads: [{ name: 'x', custom_fields_values: [city] }], contacts: [{ custom_fields_values: [phone] }] },
  }
  const errors = [error('metadata.call_responsible'), error('_embedded.leads.0.custom_fields_values.0.field_id')]
  assert.deepEqual(slimmerItem(lead, errors)?.item, {
    metadata: { phone: '1' },
    _embedded: { leads: [{ name: 'x' }], contacts: [{ custom_fields_values: [phone] }] },
  })
})

test('the phone is no decoration, and neither is what the item is about', () => {
  for (const path of [
    'custom_fields_values.0.values.0.value',
    'entity_id',
    'name',
    'params.duration',
    'status_id',
    '',
  ]) {
    assert.equal(slimmerItem(contact, [error('responsible_user_id'), error(path)]), undefined, path)
  }
  assert.equal(slimmerItem(contact, []), undefined)
})

test('a change of which only the id would be left is refused', () => {
  assert.equal(
    slimmerItem({ id: 5, custom_fields_values: [city] }, [error('custom_fields_values.0.field_id')]),
    undefined,
  )
})
