import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, list, pick, testSandbox } from './_client.ts'

const ring = (phone: string, users?: unknown) => ({ add: [{ type: 'phone_call', phone_number: phone, users }] })

test('given a ringing call when announced then 202 without a body, and who saw which card is known', async () => {
  const { sandbox, call, seconds } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван', phones: ['8 (999) 111-22-33'] })
  const reply = await call('POST', '/api/v2/events', ring('+79991112233', [7000001, 7000002]))
  assert.equal(reply.status, 202)
  assert.equal(reply.text, '')
  await call('POST', '/api/v2/events', ring('+70000000000', 7000003))
  const lead = sandbox.addLead({ contacts: [contact] })
  await call('POST', '/api/v2/events', ring('11122233'))
  await call('POST', '/api/v2/events', ring('99 91 11 22 33'))
  const at = seconds()
  assert.deepEqual(sandbox.popups(), [
    { at, phone: '+79991112233', users: [7000001, 7000002], entity: { type: 'contacts', id: contact } },
    { at, phone: '+70000000000', users: [7000003], entity: undefined },
    { at, phone: '11122233', users: [7000001, 7000002, 7000003], entity: undefined },
    { at, phone: '99 91 11 22 33', users: [7000001, 7000002, 7000003], entity: { type: 'leads', id: lead } },
  ])
})

test('given a wrong announcement then it is refused', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  assert.deepEqual(flaws(await call('POST', '/api/v2/events', ring('+7999', [7000009]))), [
    '0: NotSupportedChoice add.0.users.0',
  ])
  assert.deepEqual(flaws(await call('POST', '/api/v2/events', { add: [{ type: 'sms' }] })), [
    '0: NotSupportedChoice add.0.type',
    '0: FieldMissing add.0.phone_number',
  ])
  assert.equal((await call('POST', '/api/v2/events', [])).status, 400)
  assert.deepEqual(sandbox.popups(), [])
})

test('given call notes when events are listed then newest first, filtered by comma list, entity and time', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const contact = sandbox.addContact({ name: 'Иван' })
  const note = (type: string, at: number) => ({
    entity_id: contact,
    note_type: type,
    created_at: at,
    params: { duration: 1, source: 'c', phone: '1' },
  })
  await call('POST', '/api/v4/contacts/notes', [note('call_in', 1000), note('call_out', 3000), note('call_in', 2000)])
  const notes = async (query: string) =>
    list((await call('GET', `/api/v4/events?${query}`)).json, '_embedded.events').map((event) =>
      pick(event, 'value_after.0.note.id'),
    )
  assert.deepEqual(await notes('filter[type]=incoming_call,outgoing_call'), [660002, 660003, 660001])
  assert.deepEqual(await notes('filter[type][]=incoming_call&filter[created_at]=1500,2500'), [660003])
  assert.deepEqual(
    await notes(`filter[entity]=contact&filter[entity_id][]=${contact}&filter[created_at][to]=1500`),
    [660001],
  )
  assert.equal((await call('GET', `/api/v4/events?filter[entity_id][]=${contact}`)).status, 400)
  const one = list((await call('GET', '/api/v4/events?limit=1')).json, '_embedded.events')[0]
  assert.equal((await call('GET', `/api/v4/events/${pick(one, 'id')}`)).status, 200)
  assert.equal(pick(one, 'entity_type'), 'contact')
})

test('given more than a hundred events when listed then a page holds a hundred', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  for (let made = 0; made < 120; made += 1) sandbox.addContact({ name: 'Иван' })
  assert.equal(list((await call('GET', '/api/v4/events?limit=250')).json, '_embedded.events').length, 100)
})
