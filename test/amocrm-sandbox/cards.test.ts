import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, ids, list, pick, testSandbox } from './_client.ts'

test('given a contact sent back as it was read when patched then keys nobody can write are ignored, unknown ones refused', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const id = sandbox.addContact({ name: 'Иван', phones: ['+79991112233'] })
  const read = (await call('GET', `/api/v4/contacts/${id}?with=leads`)).json
  const echo = { ...Object(read), name: 'Иван Петров' }
  const reply = await call('PATCH', '/api/v4/contacts', [echo])
  assert.equal(reply.status, 200)
  assert.deepEqual(sandbox.contacts()[0]?.phones, ['+79991112233'])
  assert.deepEqual(flaws(await call('PATCH', '/api/v4/contacts', [{ ...echo, colour: 'red' }])), [
    '0: FieldNotExpected colour',
  ])
  assert.deepEqual(flaws(await call('POST', '/api/v4/contacts', [{ name: 'x', account_id: 1 }])), [
    '0: FieldNotExpected account_id',
  ])
})

test('given a lead read back with empty values when patched then they say nothing; trap 21 stays: its author may be dismissed', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const user = sandbox.addUser({ name: 'Дарья' })
  const id = sandbox.addLead({ name: 'Звонок', owner: user })
  const read = (await call('GET', `/api/v4/leads/${id}?with=contacts`)).json
  assert.deepEqual(flaws(await call('PATCH', `/api/v4/leads/${id}`, read)), [])
  sandbox.deactivateUser(user)
  assert.deepEqual(flaws(await call('PATCH', `/api/v4/leads/${id}`, read)), [
    '0: NotSupportedChoice responsible_user_id',
    '0: NotSupportedChoice created_by',
    '0: NotSupportedChoice updated_by',
  ])
})

test('given tasks of a card then the nearest open one stands on it and filters find it', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const [busy, idle] = [sandbox.addContact({}), sandbox.addContact({})]
  const task = (complete_till: number) => ({ text: 'x', complete_till, entity_id: busy, entity_type: 'contacts' })
  await call('POST', '/api/v4/tasks', [task(1_800_000_500), task(1_800_000_000)])
  const nearest = async () => pick((await call('GET', `/api/v4/contacts/${busy}`)).json, 'closest_task_at')
  assert.equal(await nearest(), 1_800_000_000)
  const filtered = await call('GET', '/api/v4/contacts?filter[closest_task_at][to]=1800000100')
  assert.deepEqual(ids(filtered, 'contacts'), [busy])
  sandbox.completeTask(3002)
  assert.equal(await nearest(), 1_800_000_500)
  await call('PATCH', '/api/v4/tasks/3001', { entity_id: idle, entity_type: 'contacts' })
  assert.equal(await nearest(), null)
})

test('given leads of several prices then one number or a range finds them', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  await call('POST', '/api/v4/leads', [{ price: 100 }, { price: 200 }, { price: 300 }])
  assert.deepEqual(ids(await call('GET', '/api/v4/leads?filter[price]=200'), 'leads'), [902])
  assert.deepEqual(
    ids(await call('GET', '/api/v4/leads?filter[price][from]=150&filter[price][to]=300'), 'leads'),
    [902, 903],
  )
  assert.equal((await call('GET', '/api/v4/leads?filter[price]=cheap')).status, 400)
})

test('given a lost lead then only a known reason is taken, and it is told when asked for', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const id = sandbox.addLead({})
  const [reason] = list((await call('GET', '/api/v4/leads/loss_reasons')).json, '_embedded.loss_reasons')
  const lose = (loss_reason_id: unknown) => call('PATCH', `/api/v4/leads/${id}`, { status_id: 143, loss_reason_id })
  assert.deepEqual(flaws(await lose(1)), ['0: NotSupportedChoice loss_reason_id'])
  assert.equal((await lose(pick(reason, 'id'))).status, 200)
  const read = await call('GET', `/api/v4/leads/${id}?with=loss_reason`)
  assert.equal(pick(read.json, '_embedded.loss_reason.0.name'), 'Дорого')
})

test('given sources then leads name them by the integration’s own id, and administrators keep them', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const path = '/api/v4/sources'
  const lead = { _embedded: { source: { external_id: 'line-7001', type: 'widget' } } }
  assert.equal((await call('GET', path)).status, 204)
  assert.deepEqual(flaws(await call('POST', '/api/v4/leads', [lead])), [
    '0: NotSupportedChoice _embedded.source.external_id',
  ])
  const source = { name: 'Линия 7001', external_id: 'line-7001', pipeline_id: 4400 }
  const token = sandbox.issueToken({ user: 7000002, admin: false })
  assert.equal((await call('POST', path, [source], token)).status, 403)
  const id = pick((await call('POST', path, [source])).json, '_embedded.sources.0.id')
  assert.equal((await call('POST', path, [source])).status, 400)
  await call('POST', '/api/v4/leads', [lead])
  const read = await call('GET', '/api/v4/leads/901?with=source')
  assert.deepEqual([pick(read.json, 'source_id'), pick(read.json, '_embedded.source.0.name')], [id, 'Линия 7001'])
  await call('PATCH', `${path}/${id}`, { name: 'Линия' })
  assert.equal(pick((await call('GET', `${path}/${id}`)).json, 'name'), 'Линия')
  assert.equal((await call('DELETE', `${path}/${id}`)).status, 204)
  assert.equal((await call('GET', `${path}?filter[external_id][]=line-7001`)).status, 204)
})

test('given tags then the same name is one tag wherever it is written', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const made = await call('POST', '/api/v4/contacts/tags', [{ name: 'callweave' }])
  await call('POST', '/api/v4/contacts', [{ tags_to_add: [{ name: 'callweave' }, { name: 'VIP' }] }])
  const read = await call('GET', '/api/v4/contacts/501')
  assert.equal(pick(read.json, '_embedded.tags.0.id'), pick(made.json, '_embedded.tags.0.id'))
  const found = await call('GET', '/api/v4/contacts/tags?query=vi')
  assert.deepEqual(
    list(found.json, '_embedded.tags').map((tag) => pick(tag, 'name')),
    ['VIP'],
  )
})

test('given a card in the trash when restored then it is as it was, and events tell both', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const id = sandbox.addContact({ name: 'Иван', phones: ['+79991112233'] })
  await call('POST', `/api/v4/contacts/${id}/notes`, [{ note_type: 'common', params: { text: 'x' } }])
  sandbox.deleteContact(id)
  assert.equal((await call('GET', `/api/v4/contacts/${id}`)).status, 204)
  assert.deepEqual(ids(await call('GET', '/api/v4/contacts?with=only_deleted'), 'contacts'), [id])
  sandbox.restoreContact(id)
  assert.equal((await call('GET', `/api/v4/contacts/${id}`)).status, 200)
  assert.equal((await call('GET', `/api/v4/contacts/${id}/notes`)).status, 200)
  assert.deepEqual(
    sandbox.events().map(({ type }) => type),
    ['contact_added', 'common_note_added', 'contact_deleted', 'contact_restored'],
  )
})

test('given a merge when the loser had notes, tasks, leads and phones then the winner has them and the id is gone', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const loser = sandbox.addContact({ phones: ['+79990000001'] })
  const winner = sandbox.addContact({ phones: ['+79990000002'] })
  const lead = sandbox.addLead({ contacts: [loser] })
  const note = { note_type: 'common', params: { text: 'x' } }
  await call('POST', `/api/v4/contacts/${loser}/notes`, [note])
  await call('POST', '/api/v4/tasks', [
    { text: 'x', complete_till: 1_800_000_000, entity_id: loser, entity_type: 'contacts' },
  ])
  sandbox.mergeContacts(loser, winner)
  assert.equal((await call('GET', `/api/v4/contacts/${loser}`)).status, 204)
  assert.equal((await call('GET', `/api/v4/contacts/${loser}/notes`)).status, 204)
  assert.deepEqual(ids(await call('GET', `/api/v4/contacts/${winner}/notes`), 'notes'), [660001])
  assert.deepEqual(sandbox.tasks()[0]?.entity, { type: 'contacts', id: winner })
  assert.deepEqual(sandbox.contacts()[0]?.phones, ['+79990000002', '+79990000001'])
  assert.deepEqual(sandbox.leads().find(({ id }) => id === lead)?.contacts, [winner])
  assert.deepEqual(flaws(await call('POST', '/api/v4/contacts/notes', [{ ...note, entity_id: loser }])), [
    '0: NotSupportedChoice entity_id',
  ])
})

test('given an incremental walk when rows are changed between pages then a window that is bounded misses none', async () => {
  const { sandbox, call, advance, seconds } = await testSandbox()
  await using _ = sandbox
  for (let made = 0; made < 6; made += 1) {
    sandbox.addContact({ name: `${made}` })
    advance(1000)
  }
  const to = seconds()
  advance(1000)
  const page = async (number: number) =>
    ids(
      await call('GET', `/api/v4/contacts?limit=3&page=${number}&order[updated_at]=asc&filter[updated_at][to]=${to}`),
      'contacts',
    )
  const first = await page(1)
  sandbox.addContact({ name: 'new' })
  assert.deepEqual([...first, ...(await page(2))], [501, 502, 503, 504, 505, 506])
  // Changed within the walk: it leaves the window, and what follows moves up a place.
  sandbox.editContact(501, { name: 'changed' })
  assert.deepEqual(await page(2), [505, 506])
})
