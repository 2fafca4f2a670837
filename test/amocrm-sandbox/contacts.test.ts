import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, ids, list, pick, testSandbox } from './_client.ts'

const phone = (value: string) => [{ field_code: 'PHONE', values: [{ value }] }]

test('given an empty account when contacts, one contact or notes are read then 204 without any body', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  for (const path of [
    '/api/v4/contacts',
    '/api/v4/contacts/501',
    '/api/v4/contacts/notes',
    '/api/v4/tasks/1',
    '/api/v4/events',
  ]) {
    const reply = await call('GET', path)
    assert.equal(reply.status, 204)
    assert.equal(reply.text, '')
    assert.equal(reply.type, '')
  }
})

test('given a new contact when stored then the answer is thin, echoes request ids and reading shows everything', async () => {
  const { sandbox, call, seconds } = await testSandbox()
  await using _ = sandbox
  const written = await call('POST', '/api/v4/contacts', [
    { name: 'Иван', custom_fields_values: phone('+7 999 111-22-33'), request_id: 'r1', created_at: 1_700_000_000 },
    { first_name: 'Пётр', last_name: 'Ильин' },
  ])
  assert.equal(written.status, 200)
  assert.deepEqual(list(written.json, '_embedded.contacts'), [
    {
      id: 501,
      is_deleted: false,
      is_unsorted: false,
      request_id: 'r1',
      _links: { self: { href: `${sandbox.url}/api/v4/contacts/501` } },
    },
    {
      id: 502,
      is_deleted: false,
      is_unsorted: false,
      request_id: '1',
      _links: { self: { href: `${sandbox.url}/api/v4/contacts/502` } },
    },
  ])
  const read = await call('GET', '/api/v4/contacts/501')
  assert.equal(pick(read.json, 'created_at'), 1_700_000_000)
  assert.equal(pick(read.json, 'updated_at'), seconds())
  assert.equal(pick(read.json, 'responsible_user_id'), 7000001)
  assert.deepEqual(pick(read.json, 'custom_fields_values'), [
    {
      field_id: 11001,
      field_name: 'Телефон',
      field_code: 'PHONE',
      field_type: 'multitext',
      values: [{ value: '+7 999 111-22-33', enum_id: 12001, enum_code: 'WORK' }],
    },
  ])
  const other = await call('GET', '/api/v4/contacts/502')
  assert.equal(pick(other.json, 'name'), 'Пётр Ильин')
  assert.equal(pick(other.json, 'custom_fields_values'), null)
})

test('given several wrong items when posted then nothing is stored and every flaw is named by code and path', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const reply = await call('POST', '/api/v4/contacts', [
    { name: 'good' },
    { name: '', request_id: 'blank' },
    { name: null, id: 5, responsible_user_id: '7000001' },
    { responsible_user_id: 7000009, created_by: 1, created_at: 1_700_000_000_000 },
    { custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '1', enum_code: 'WRONG' }] }] },
    { custom_fields_values: [{ field_id: 1, values: [] }, { values: [{ value: 1 }] }] },
    { custom_fields_values: [{ values: null }] },
    'text',
  ])
  assert.equal(reply.status, 400)
  assert.equal(reply.type, 'application/problem+json')
  assert.deepEqual(flaws(reply), [
    'blank: NotBlank name',
    '2: NotNullable name',
    '2: InvalidType responsible_user_id',
    '2: FieldNotExpected id',
    '3: NotSupportedChoice responsible_user_id',
    '3: NotSupportedChoice created_by',
    '3: NotSupportedChoice created_at',
    '4: NotSupportedChoice custom_fields_values.0.values.0.enum_code',
    '5: NotSupportedChoice custom_fields_values.0.field_id',
    '5: FieldMissing custom_fields_values.1.field_id',
    '6: FieldMissing custom_fields_values.0.field_id',
    '7: InvalidType ',
  ])
  assert.deepEqual(sandbox.contacts(), [])
})

test('given a body that is no JSON array of 1 to 250 items when posted then 400', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  for (const body of ['nonsense', {}, [], Array.from({ length: 251 }, () => ({ name: 'Иван' }))]) {
    assert.equal((await call('POST', '/api/v4/contacts', body)).status, 400)
  }
  const headers = { authorization: `Bearer ${sandbox.token}`, 'content-type': 'text/plain' }
  const plain = await fetch(`${sandbox.url}/api/v4/contacts`, { method: 'POST', headers, body: '[{"name":"Иван"}]' })
  assert.equal(plain.status, 400)
  assert.equal(
    (
      await call(
        'POST',
        '/api/v4/contacts',
        Array.from({ length: 250 }, () => ({ name: 'Иван' })),
      )
    ).status,
    200,
  )
})

test('given the same phone twice when posted then two contacts exist', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  await call('POST', '/api/v4/contacts', [{ name: 'A', custom_fields_values: phone('+79991112233') }])
  await call('POST', '/api/v4/contacts', [{ name: 'A', custom_fields_values: phone('+79991112233') }])
  assert.equal(sandbox.contacts().length, 2)
})

test('given more contacts than a page when paged then next leads on, keeps the filter and is missing at the end', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  for (let made = 0; made < 300; made += 1) sandbox.addContact({ name: `Клиент ${made}` })
  const first = await call('GET', '/api/v4/contacts?limit=9999&filter%5Bcreated_at%5D%5Bfrom%5D=1')
  assert.equal(ids(first, 'contacts').length, 250)
  assert.equal(pick(first.json, '_page'), 1)
  assert.equal(pick(first.json, '_total_items'), undefined)
  const next = String(pick(first.json, '_links.next.href'))
  assert.equal(next, `${sandbox.url}/api/v4/contacts?page=2&limit=250&filter%5Bcreated_at%5D%5Bfrom%5D=1`)
  const second = await call('GET', next.slice(sandbox.url.length))
  assert.equal(ids(second, 'contacts').length, 50)
  assert.equal(pick(second.json, '_links.next'), undefined)
  assert.equal((await call('GET', '/api/v4/contacts?limit=250&page=3')).status, 204)
  assert.equal(ids(await call('GET', '/api/v4/contacts'), 'contacts').length, 50)
  assert.equal((await call('GET', '/api/v4/contacts?limit=0')).status, 400)
})

test('given filters amoCRM knows when asked, plain or percent-encoded, then they hold', async () => {
  const { sandbox, call, advance, seconds } = await testSandbox()
  await using _ = sandbox
  const a = sandbox.addContact({ name: 'A', createdAt: 1000 })
  const start = seconds()
  advance(60_000)
  const b = sandbox.addContact({ name: 'B', owner: 7000002, createdAt: 2000 })
  const found = async (query: string) => ids(await call('GET', `/api/v4/contacts?${query}`), 'contacts')
  assert.deepEqual(await found(`filter[id][]=${a}&filter[id][]=${b}`), [a, b])
  assert.deepEqual(await found(`filter%5Bid%5D%5B0%5D=${b}`), [b])
  assert.deepEqual(await found(`filter[id]=${a}`), [a])
  assert.deepEqual(await found('filter[responsible_user_id][]=7000002'), [b])
  assert.deepEqual(await found('filter[created_at][from]=1001&filter[created_at][to]=2000'), [b])
  assert.deepEqual(await found(`filter[updated_at][to]=${start + 59}`), [a])
  assert.deepEqual(await found('order[id]=desc'), [b, a])
  assert.deepEqual(await found('order[updated_at]=desc&limit=1'), [b])
  assert.equal((await call('GET', '/api/v4/contacts?filter[id][]=abc')).status, 400)
})

test('given a filter amoCRM does not know, or the phone field without the paid feature, then everything comes', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const a = sandbox.addContact({ name: 'A', phones: ['+79991112233'] })
  const b = sandbox.addContact({ name: 'B' })
  for (const query of ['filter[phone]=1', 'filter[custom_fields_values][11001][]=%2B79991112233', 'filters[id][]=1']) {
    assert.deepEqual(ids(await call('GET', `/api/v4/contacts?${query}`), 'contacts'), [a, b])
  }
})

test('given a phone when searched then punctuation is ignored, prefixes are not, and other fields are hit as well', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const stored = sandbox.addContact({ name: 'Иван', phones: ['8 (999) 111-22-33'] })
  const named = sandbox.addContact({ name: 'Заказ 79991112233' })
  const found = async (query: string) => {
    const reply = await call('GET', `/api/v4/contacts?query=${encodeURIComponent(query)}`)
    return reply.status === 204 ? [] : ids(reply, 'contacts')
  }
  assert.deepEqual(await found('9991112233'), [stored, named])
  assert.deepEqual(await found('79991112233'), [named])
  assert.deepEqual(await found('+79991112233'), [])
  assert.deepEqual(await found('+7 (999) 111-22-33'), [])
  assert.deepEqual(await found('89991112233'), [stored])
  assert.deepEqual(await found('1112233'), [stored, named])
  assert.deepEqual(await found('112233'), [named])
  // Seven digits from the middle of a phone: a substring of the name only.
  assert.deepEqual(await found('9991112'), [named])
  assert.deepEqual(await found('иван'), [stored])
})

test('given an index that lags when a contact is new or changed then search shows it only later', async () => {
  const { sandbox, call, advance } = await testSandbox({ queryLagMs: 3000 })
  await using _ = sandbox
  await call('POST', '/api/v4/contacts', [{ name: 'Иван', custom_fields_values: phone('+79991112233') }])
  const found = async (query: string) => (await call('GET', `/api/v4/contacts?query=${query}`)).status === 200
  assert.equal(await found('9991112233'), false)
  assert.deepEqual(ids(await call('GET', '/api/v4/contacts'), 'contacts'), [501])
  advance(3000)
  assert.equal(await found('9991112233'), true)
  await call('PATCH', '/api/v4/contacts/501', { custom_fields_values: phone('+79994445566') })
  assert.equal(await found('9991112233'), true)
  assert.equal(await found('9994445566'), false)
  advance(3000)
  assert.equal(await found('9991112233'), false)
  assert.equal(await found('9994445566'), true)
})

test('given a PATCH then a sent field replaces all its values, others stay, and updated_at moves', async () => {
  const { sandbox, call, advance, seconds } = await testSandbox()
  await using _ = sandbox
  const id = sandbox.addContact({ name: 'Иван', phones: ['1', '2'], emails: ['a@b.example'] })
  advance(5000)
  const reply = await call('PATCH', '/api/v4/contacts', [{ id, custom_fields_values: phone('3'), updated_at: 1 }])
  assert.equal(pick(reply.json, '_embedded.contacts.0.updated_at'), seconds())
  assert.deepEqual(sandbox.contacts()[0]?.phones, ['3'])
  const read = await call('GET', `/api/v4/contacts/${id}`)
  assert.equal(list(read.json, 'custom_fields_values').length, 2)
  await call('PATCH', `/api/v4/contacts/${id}`, { custom_fields_values: [{ field_code: 'PHONE', values: null }] })
  assert.deepEqual(sandbox.contacts()[0]?.phones, [])
  assert.equal((await call('PATCH', '/api/v4/contacts/999', { name: 'x' })).status, 404)
  assert.deepEqual(flaws(await call('PATCH', '/api/v4/contacts', [{ id: 999 }, { name: 'x' }])), [
    '0: NotSupportedChoice id',
    '1: FieldMissing id',
  ])
})

test('given tags when written then the whole set is replaced and increments add and remove', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const id = sandbox.addContact({ name: 'Иван' })
  const tags = () => sandbox.contacts()[0]?.tags
  await call('PATCH', `/api/v4/contacts/${id}`, { _embedded: { tags: [{ name: 'a' }, { name: 'b' }] } })
  await call('PATCH', `/api/v4/contacts/${id}`, { tags_to_add: [{ name: 'c' }], tags_to_delete: [{ name: 'a' }] })
  assert.deepEqual(tags(), ['b', 'c'])
  await call('PATCH', `/api/v4/contacts/${id}`, { _embedded: { tags: [{ name: 'd' }] } })
  assert.deepEqual(tags(), ['d'])
})

test('given a merged or deleted contact when read then its id is gone and the winner has its phones and notes', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const loser = sandbox.addContact({ name: 'A', phones: ['1'] })
  const winner = sandbox.addContact({ name: 'B', phones: ['2'] })
  const lead = sandbox.addLead({ contacts: [loser] })
  await call('POST', '/api/v4/contacts/notes', [{ entity_id: loser, note_type: 'common', params: { text: 'x' } }])
  sandbox.mergeContacts(loser, winner)
  assert.equal((await call('GET', `/api/v4/contacts/${loser}`)).status, 204)
  assert.deepEqual(sandbox.contacts()[0]?.phones, ['2', '1'])
  assert.deepEqual(sandbox.notes()[0]?.entity, { type: 'contacts', id: winner })
  assert.deepEqual(sandbox.leads().find(({ id }) => id === lead)?.contacts, [winner])
  assert.equal(
    pick((await call('GET', '/api/v4/events?filter[type]=entity_merged')).json, '_embedded.events.0.entity_id'),
    winner,
  )
  sandbox.deleteContact(winner)
  assert.equal((await call('GET', '/api/v4/contacts')).status, 204)
  assert.deepEqual(ids(await call('GET', '/api/v4/contacts?with=only_deleted'), 'contacts'), [winner])
  assert.equal((await call('GET', `/api/v4/contacts/notes?filter[entity_id][]=${winner}`)).status, 204)
})
