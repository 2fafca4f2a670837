import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, ids, pick, testSandbox } from './_client.ts'

test('given a task when stored, read and completed then result is an empty array until it is an object', async () => {
  const { sandbox, call, seconds } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const item = { text: 'Перезвонить', complete_till: 1_800_000_000, entity_id: contact, entity_type: 'contacts' }
  const written = await call('POST', '/api/v4/tasks', [{ ...item, request_id: 'r' }])
  assert.equal(pick(written.json, '_embedded.tasks.0.request_id'), 'r')
  const read = await call('GET', '/api/v4/tasks/3001')
  assert.deepEqual(pick(read.json, 'result'), [])
  assert.equal(pick(read.json, 'task_type_id'), 1)
  assert.equal(pick(read.json, 'created_at'), seconds())
  assert.equal(pick(read.json, 'responsible_user_id'), 7000001)
  await call('PATCH', '/api/v4/tasks/3001', { is_completed: true, result: { text: 'Готово' } })
  assert.deepEqual(pick((await call('GET', '/api/v4/tasks/3001')).json, 'result'), { text: 'Готово' })
  assert.equal(sandbox.tasks()[0]?.completed, true)
})

test('given wrong tasks when posted then each flaw is named and none is stored', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const item = { text: 'Перезвонить', complete_till: 1_800_000_000 }
  const reply = await call('POST', '/api/v4/tasks', [
    item,
    {},
    { ...item, entity_id: contact, entity_type: 'contact' },
    { ...item, entity_id: contact },
    { ...item, entity_type: 'contacts' },
    { ...item, entity_id: 999, entity_type: 'contacts' },
    { ...item, complete_till: 1_800_000_000_000 },
    { ...item, responsible_user_id: 7000009, task_type_id: 3, result: [] },
  ])
  assert.deepEqual(flaws(reply), [
    '1: FieldMissing text',
    '1: FieldMissing complete_till',
    '2: NotSupportedChoice entity_type',
    '3: FieldMissing entity_type',
    '4: FieldMissing entity_id',
    '5: NotSupportedChoice entity_id',
    '6: NotSupportedChoice complete_till',
    '7: NotSupportedChoice task_type_id',
    '7: NotSupportedChoice responsible_user_id',
    '7: InvalidType result',
  ])
  assert.deepEqual(sandbox.tasks(), [])
})

test('given tasks when filtered then by entity with its type, state and owner, but never by created_at', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const [a, b] = [sandbox.addContact({ name: 'A' }), sandbox.addContact({ name: 'B' })]
  const task = (entity: number | undefined, more: object) => ({
    text: 't',
    complete_till: 2000,
    entity_id: entity,
    entity_type: 'contacts',
    ...more,
  })
  await call('POST', '/api/v4/tasks', [
    task(a, { created_at: 1000 }),
    task(b, { is_completed: true, responsible_user_id: 7000002 }),
  ])
  const found = async (query: string) => ids(await call('GET', `/api/v4/tasks?${query}`), 'tasks')
  assert.deepEqual(await found(`filter[entity_type]=contacts&filter[entity_id][]=${b}`), [3002])
  assert.deepEqual(await found('filter[is_completed]=0'), [3001])
  assert.deepEqual(await found('filter[responsible_user_id][]=7000002'), [3002])
  assert.deepEqual(await found('filter[created_at][from]=999999'), [3001, 3002])
  assert.deepEqual(await found('order[created_at]=desc'), [3002, 3001])
  assert.equal((await call('GET', `/api/v4/tasks?filter[entity_id][]=${a}`)).status, 400)
})
