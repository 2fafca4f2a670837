import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, ids, list, pick, testSandbox } from './_client.ts'

const params = { uniq: 'pbx/1', duration: 73, source: 'callweave', phone: '+79991112233' }
const call = { direction: 'inbound', phone: '+79991112233', duration: 73, source: 'callweave', uniq: 'pbx/1' }

test('given a call note when stored then the time is kept, updated_at is now and absent keys are read as null', async () => {
  const { sandbox, call: send, seconds } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const written = await send('POST', '/api/v4/contacts/notes', [
    {
      entity_id: contact,
      note_type: 'call_in',
      params,
      created_at: 1_700_000_000,
      created_by: 7000002,
      request_id: 'a',
    },
  ])
  assert.deepEqual(list(written.json, '_embedded.notes'), [
    {
      id: 660001,
      entity_id: contact,
      request_id: 'a',
      _links: { self: { href: `${sandbox.url}/api/v4/contacts/${contact}/notes/660001` } },
    },
  ])
  const read = await send('GET', '/api/v4/contacts/notes/660001')
  assert.deepEqual(pick(read.json, 'params'), {
    uniq: 'pbx/1',
    duration: 73,
    source: 'callweave',
    link: null,
    phone: '+79991112233',
    call_result: null,
    call_status: null,
    call_responsible: null,
  })
  assert.equal(pick(read.json, 'created_at'), 1_700_000_000)
  assert.equal(pick(read.json, 'updated_at'), seconds())
  assert.equal(pick(read.json, 'created_by'), 7000002)
  const [note] = sandbox.callNotes()
  assert.deepEqual([note?.direction, note?.seconds, note?.uniq, note?.author], ['in', 73, 'pbx/1', 7000002])
})

test('given wrong call notes in a batch then all flaws are named and nothing is stored', async () => {
  const { sandbox, call: send } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const item = (more: object, wrong: object = {}) => ({
    entity_id: contact,
    note_type: 'call_in',
    params: { ...params, ...wrong },
    ...more,
  })
  const reply = await send('POST', '/api/v4/contacts/notes', [
    item({}),
    { entity_id: contact, note_type: 'call_in', params: {} },
    item({}, { link: null, call_result: null, call_status: '4' }),
    item({}, { call_status: 8, call_responsible: 7000009, source: ' ', UNIQ: 'x' }),
    item({ entity_id: 999, request_id: 'gone' }),
    item({ note_type: 'call' }),
    item({ created_by: 7000009 }),
    item({ entity_id: undefined }),
    item({}, { duration: -1 }),
  ])
  assert.equal(reply.status, 400)
  assert.deepEqual(flaws(reply), [
    '1: FieldMissing params.duration',
    '1: FieldMissing params.source',
    '1: FieldMissing params.phone',
    '2: NotNullable params.link',
    '2: NotNullable params.call_result',
    '2: InvalidType params.call_status',
    '3: NotBlank params.source',
    '3: NotSupportedChoice params.call_status',
    '3: NotSupportedChoice params.call_responsible',
    '3: FieldNotExpected params.UNIQ',
    'gone: NotSupportedChoice entity_id',
    '5: NotSupportedChoice note_type',
    '6: NotSupportedChoice created_by',
    '7: FieldMissing entity_id',
    '8: NotSupportedChoice params.duration',
  ])
  assert.deepEqual(sandbox.notes(), [])
})

test('given notes on several entities when filtered then by entity, id, type and updated_at, but never by created_at', async () => {
  const { sandbox, call: send } = await testSandbox()
  await using _ = sandbox
  const a = sandbox.addContact({ name: 'A' })
  const b = sandbox.addContact({ name: 'B' })
  const lead = sandbox.addLead({ contacts: [a] })
  await send('POST', '/api/v4/contacts/notes', [
    { entity_id: a, note_type: 'call_in', params, created_at: 1000 },
    { entity_id: b, note_type: 'common', params: { text: 'x' } },
  ])
  await send('POST', `/api/v4/leads/${lead}/notes`, [{ note_type: 'call_out', params }])
  const found = async (query: string) => ids(await send('GET', `/api/v4/contacts/notes?${query}`), 'notes')
  assert.deepEqual(await found(`filter[entity_id][]=${a}&filter[entity_id][]=${b}`), [660001, 660002])
  assert.deepEqual(await found(`filter[entity_id][]=${a}`), [660001])
  assert.deepEqual(await found('filter[note_type][]=call_in'), [660001])
  assert.deepEqual(await found('filter[created_at][from]=999999'), [660001, 660002])
  assert.deepEqual(await found('order[id]=desc'), [660002, 660001])
  assert.deepEqual(ids(await send('GET', `/api/v4/leads/${lead}/notes`), 'notes'), [660003])
  assert.equal((await send('GET', '/api/v4/leads/notes/660001')).status, 204)
})

test('given a PATCH of a note then params are replaced as a whole and must be complete', async () => {
  const { sandbox, call: send, advance, seconds } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  await send('POST', '/api/v4/contacts/notes', [
    { entity_id: contact, note_type: 'call_in', params: { ...params, call_status: 4 }, created_at: 1000 },
  ])
  advance(1000)
  const path = `/api/v4/contacts/${contact}/notes/660001`
  assert.deepEqual(
    flaws(await send('PATCH', path, { note_type: 'call_in', params: { link: 'https://x.example/1.mp3' } })),
    ['0: FieldMissing params.duration', '0: FieldMissing params.source', '0: FieldMissing params.phone'],
  )
  const link = 'https://x.example/1.mp3'
  assert.equal((await send('PATCH', path, { note_type: 'call_in', params: { ...params, link } })).status, 200)
  const [note] = sandbox.callNotes()
  assert.deepEqual([note?.link, note?.status, note?.createdAt, note?.updatedAt], [link, undefined, 1000, seconds()])
  const many = [{ id: 660001, entity_id: contact, note_type: 'call_out', params }]
  assert.deepEqual(flaws(await send('PATCH', '/api/v4/contacts/notes', many)), ['0: NotSupportedChoice note_type'])
  assert.equal((await send('PATCH', '/api/v4/contacts/notes/1', { note_type: 'call_in', params })).status, 404)
})

test('given a phone nobody has when a call is posted then 400 with 263 in a shape of its own', async () => {
  const { sandbox, call: send } = await testSandbox()
  await using _ = sandbox
  const reply = await send('POST', '/api/v4/calls', [call])
  assert.equal(reply.status, 400)
  assert.deepEqual(reply.json, {
    _total_items: 0,
    errors: [{ title: 'Entity not found', detail: 'Entity not found', status: 263, request_id: '0' }],
    _embedded: { calls: [] },
  })
  assert.deepEqual(sandbox.notes(), [])
})

test('given known and unknown phones when calls are posted then 200 tells both, and the same call twice is two notes', async () => {
  const { sandbox, call: send } = await testSandbox()
  await using _ = sandbox
  sandbox.addContact({ name: 'Иван', phones: ['8 (999) 111-22-33'] })
  const reply = await send('POST', '/api/v4/calls', [call, { ...call, phone: '+79990000000', request_id: 'x' }, call])
  assert.equal(reply.status, 200)
  assert.equal(pick(reply.json, '_total_items'), 2)
  assert.equal(pick(reply.json, 'errors.0.request_id'), 'x')
  assert.equal(pick(reply.json, '_embedded.calls.0.entity_type'), 'contact')
  assert.deepEqual(
    sandbox.callNotes().map(({ id, uniq, author }) => [id, uniq, author]),
    [
      [660001, 'pbx/1', 0],
      [660002, 'pbx/1', 0],
    ],
  )
  assert.equal((await send('GET', '/api/v4/contacts/notes/660001')).status, 200)
})

test('given leads of the contact when a call is posted then only a single open one takes it', async () => {
  const { sandbox, call: send } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван', phones: ['+79991112233'] })
  const target = async () => {
    const entry = list((await send('POST', '/api/v4/calls', [call])).json, '_embedded.calls')[0]
    return [pick(entry, 'entity_type'), pick(entry, 'entity_id')]
  }
  sandbox.addLead({ contacts: [contact], status: 142 })
  sandbox.addLead({ contacts: [contact], status: 44000 })
  assert.deepEqual(await target(), ['contact', contact])
  const open = sandbox.addLead({ contacts: [contact] })
  assert.deepEqual(await target(), ['lead', open])
  const second = sandbox.addLead({ contacts: [contact] })
  assert.deepEqual(await target(), ['contact', contact])
  sandbox.deleteLead(second)
  assert.deepEqual(await target(), ['lead', open])
})

test('given a contact created a moment ago when a call is posted then the index does not know it yet', async () => {
  const { sandbox, call: send, advance } = await testSandbox({ queryLagMs: 3000 })
  await using _ = sandbox
  const fields = [{ field_code: 'PHONE', values: [{ value: '+79991112233' }] }]
  await send('POST', '/api/v4/contacts', [{ name: 'Иван', custom_fields_values: fields }])
  assert.equal((await send('POST', '/api/v4/calls', [call])).status, 400)
  advance(3000)
  assert.equal((await send('POST', '/api/v4/calls', [call])).status, 200)
})

test('given several owners of a phone then contacts come before companies and the oldest wins', async () => {
  const { sandbox, call: send } = await testSandbox()
  await using _ = sandbox
  const company = sandbox.addCompany({ name: 'ООО', phones: ['+79991112233'], createdAt: 1 })
  const target = async () => pick((await send('POST', '/api/v4/calls', [call])).json, '_embedded.calls.0.entity_id')
  assert.equal(await target(), company)
  sandbox.addContact({ name: 'Младший', phones: ['+79991112233'], createdAt: 3000 })
  const oldest = sandbox.addContact({ name: 'Старший', phones: ['+79991112233'], createdAt: 2000 })
  assert.equal(await target(), oldest)
})

test('given wrong calls when posted then validation errors, and nothing of the batch is stored', async () => {
  const { sandbox, call: send } = await testSandbox()
  await using _ = sandbox
  sandbox.addContact({ name: 'Иван', phones: ['+79991112233'] })
  const reply = await send('POST', '/api/v4/calls', [
    call,
    {},
    { ...call, direction: 'in', link: null, call_status: 0, call_responsible: '', note_type: 'x', created_by: 5 },
  ])
  assert.deepEqual(flaws(reply), [
    '1: FieldMissing direction',
    '1: FieldMissing phone',
    '1: FieldMissing duration',
    '1: FieldMissing source',
    '2: NotSupportedChoice direction',
    '2: NotNullable link',
    '2: NotSupportedChoice call_status',
    '2: NotBlank call_responsible',
    '2: NotSupportedChoice created_by',
    '2: FieldNotExpected note_type',
  ])
  assert.deepEqual(sandbox.notes(), [])
})
