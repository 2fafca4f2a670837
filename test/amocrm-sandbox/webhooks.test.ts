import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'vitest'
import { flaws, list, pick, testSandbox } from './_client.ts'
import { parseBracketQuery, textAt } from './transport/bracket-query.ts'

type Setup = Awaited<ReturnType<typeof testSandbox>>
type Received = { readonly type: string; readonly body: string }

/** A receiver on this machine; `status` 0 never answers. */
async function receiver(status: () => number = () => 200) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    received.push({ type: request.headers['content-type'] ?? '', body })
    if (status() === 0) return
    response.writeHead(status(), { location: 'http://127.0.0.1:1/' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}/crm/webhook/secret`,
    received,
    /** What was told under these keys, in order. */
    told: (...keys: string[]) => received.map(({ body }) => textAt(parseBracketQuery(body), ...keys)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const subscribe = ({ call }: Setup, destination: string, ...settings: string[]) =>
  call('POST', '/api/v4/webhooks', { destination, settings })

test('given a subscription when made, repeated, read and removed by destination then there is one, for administrators only', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const path = '/api/v4/webhooks'
  const hook = { destination: 'https://pbx.example.com/hook', settings: ['add_contact'] }
  assert.equal((await call('GET', path)).status, 204)
  assert.equal((await call('POST', path, hook)).status, 201)
  assert.equal((await call('POST', path, { ...hook, settings: ['update_lead', 'status_lead'], sort: 10 })).status, 200)
  const read = await call('GET', `${path}?filter[destination]=${encodeURIComponent(hook.destination)}`)
  assert.equal(pick(read.json, '_total_items'), 1)
  assert.deepEqual(pick(read.json, '_embedded.webhooks.0.settings'), ['update_lead', 'status_lead'])
  assert.equal((await call('GET', `${path}?filter[destination]=https://pbx.example.com/hoo`)).status, 204)
  const manager = sandbox.issueToken({ user: 7000002, admin: false })
  for (const method of ['GET', 'POST', 'DELETE']) {
    const reply = await call(method, path, method === 'GET' ? undefined : hook, manager)
    assert.equal(reply.status, 403)
  }
  assert.equal((await call('DELETE', path, { destination: 'https://other.example.com' })).status, 404)
  assert.equal((await call('DELETE', path, { destination: hook.destination })).status, 204)
  assert.equal((await call('GET', path)).status, 204)
})

test('given a wrong subscription or a hundred and first one then it is refused', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const post = (body: object) => call('POST', '/api/v4/webhooks', body)
  assert.deepEqual(flaws(await post({ destination: 'pbx', settings: ['add_call'] })), [
    '0: NotSupportedChoice destination',
    '0: NotSupportedChoice settings.0',
  ])
  assert.deepEqual(flaws(await post({ destination: 'https://a.example.com' })), ['0: FieldMissing settings'])
  for (let made = 0; made < 100; made += 1)
    await post({ destination: `https://a.example.com/${made}`, settings: ['add_lead'] })
  assert.equal((await post({ destination: 'https://a.example.com/more', settings: ['add_lead'] })).status, 422)
  assert.equal((await post({ destination: 'https://a.example.com/1', settings: ['add_task'] })).status, 200)
})

test('given a contact changed by the API when delivered then the body is a form with the names of v2, an echo of our own change', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  await using hook = await receiver()
  await subscribe(setup, hook.url, 'update_contact')
  const contact = sandbox.addContact({ name: 'Иван', phones: ['+7 (999) 111-22-33'] })
  const lead = sandbox.addLead({ contacts: [contact] })
  await setup.call('PATCH', `/api/v4/contacts/${contact}`, { name: 'Иван & Co', responsible_user_id: 7000002 })
  await sandbox.webhooks.settled()
  assert.equal(hook.received.length, 1)
  assert.equal(hook.received[0]?.type, 'application/x-www-form-urlencoded')
  assert.match(hook.received[0]?.body ?? '', /^contacts%5Bupdate%5D%5B0%5D%5Bid%5D=501&/)
  const told = (...keys: string[]) => hook.told('contacts', 'update', '0', ...keys)[0]
  assert.equal(told('name'), 'Иван & Co')
  assert.equal(told('type'), 'contact')
  assert.equal(told('old_responsible_user_id'), '7000001')
  assert.equal(told('custom_fields', '0', 'code'), 'PHONE')
  assert.equal(told('custom_fields', '0', 'values', '0', 'value'), '+7 (999) 111-22-33')
  assert.equal(told('custom_fields', '0', 'values', '0', 'enum'), '12001')
  assert.equal(told('linked_leads_id', String(lead), 'ID'), String(lead))
  assert.equal(told('last_modified'), String(setup.seconds()))
  assert.deepEqual(hook.told('account', 'subdomain'), ['acme'])
  assert.deepEqual(hook.told('account', 'id'), ['30012345'])
})

test('given a person at work when every code is subscribed then each change is told in its own shape', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  await using hook = await receiver()
  const entities = ['contact', 'company', 'lead']
  const codes = ['add', 'update', 'delete', 'restore', 'responsible', 'note'].flatMap((action) =>
    entities.map((entity) => `${action}_${entity}`),
  )
  const rest = ['status_lead', 'add_task', 'update_task', 'delete_task', 'responsible_task']
  await subscribe(setup, hook.url, ...codes, ...rest)
  const happened = async (what: string, move: () => unknown) => {
    const seen = sandbox.webhooks.deliveries().length
    await move()
    await sandbox.webhooks.settled()
    const told = sandbox.webhooks.deliveries().slice(seen)
    return `${what}: ${told.map(({ code, body }) => `${code} ${decodeURIComponent(body.split('=')[0] ?? '')}`).join(', ')}`
  }
  const [contact, other, company, lead] = [501, 502, 801, 901]
  assert.deepEqual(
    [
      await happened('two contacts', () => [sandbox.addContact({}), sandbox.addContact({})]),
      await happened('company', () => sandbox.addCompany({ name: 'ООО' })),
      await happened('lead', () => sandbox.addLead({})),
      await happened('owner', () => sandbox.editLead(lead, { owner: 7000002 })),
      await happened('stage', () => sandbox.moveLead(lead, { status: 142 })),
      await happened('merge', () => sandbox.mergeContacts(other, contact)),
      await happened('trash', () => sandbox.deleteCompany(company)),
      await happened('back', () => sandbox.restoreCompany(company)),
      await happened('note', () =>
        setup.call('POST', `/api/v4/companies/${company}/notes`, [{ note_type: 'common', params: { text: 'x' } }]),
      ),
      await happened('task', () =>
        setup.call('POST', '/api/v4/tasks', [{ text: 'Перезвонить', complete_till: 1_800_000_000 }]),
      ),
      await happened('done', () => sandbox.completeTask(3001, 'Дозвонились')),
      await happened('task gone', () => sandbox.deleteTask(3001)),
    ],
    [
      'two contacts: add_contact contacts[add][0][id]',
      'company: add_company contacts[add][0][id]',
      'lead: add_lead leads[add][0][id]',
      'owner: update_lead leads[update][0][id], responsible_lead leads[responsible][0][id]',
      'stage: update_lead leads[update][0][id], status_lead leads[status][0][id]',
      'merge: delete_contact contacts[delete][0][id], update_contact contacts[update][0][id]',
      'trash: delete_company contacts[delete][0][id]',
      'back: restore_company contacts[restore][0][id]',
      'note: note_company contacts[note][0][note][id]',
      'task: add_task task[add][0][id]',
      'done: update_task task[update][0][id]',
      'task gone: delete_task task[delete][0][id]',
    ],
  )
  assert.deepEqual(hook.told('contacts', 'add', '0', 'type').filter(Boolean), ['contact', 'company'])
  assert.deepEqual(hook.told('contacts', 'add', '1', 'id').filter(Boolean), [String(other)])
  assert.equal(hook.told('leads', 'status', '0', 'old_status_id').filter(Boolean)[0], '44001')
  assert.equal(hook.told('contacts', 'delete', '0', 'id').filter(Boolean)[0], String(other))
  assert.equal(hook.told('contacts', 'delete', '0', 'name').filter(Boolean)[0], undefined)
  assert.equal(hook.told('task', 'add', '0', 'complete_till').filter(Boolean)[0], '2027-01-15 11:00:00')
  assert.equal(hook.told('task', 'update', '0', 'result', 'text').filter(Boolean)[0], 'Дозвонились')
})

test('given a batch of changes when told then several travel in one request, ten at the most', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  await using hook = await receiver()
  await subscribe(setup, hook.url, 'add_contact', 'add_company')
  const names = Array.from({ length: 12 }, (_, index) => ({ name: `${index}` }))
  await setup.call('POST', '/api/v4/contacts', names)
  await sandbox.webhooks.settled()
  assert.deepEqual(hook.told('contacts', 'add', '9', 'name'), ['9', undefined])
  assert.deepEqual(hook.told('contacts', 'add', '1', 'name'), ['1', '11'])
})

test('given a call when noted then the webhook carries a number for its type and its params as JSON text', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  await using hook = await receiver()
  await subscribe(setup, hook.url, 'note_contact')
  sandbox.addContact({ phones: ['+79991112233'] })
  const call = { direction: 'inbound', phone: '+79991112233', duration: 5, source: 'callweave', uniq: 'pbx/1' }
  await setup.call('POST', '/api/v4/calls', [call])
  await sandbox.webhooks.settled()
  assert.deepEqual(hook.told('contacts', 'note', '0', 'note', 'note_type'), ['10'])
  const text: unknown = JSON.parse(hook.told('contacts', 'note', '0', 'note', 'text')[0] ?? '')
  assert.deepEqual(text, { UNIQ: 'pbx/1', PHONE: '+79991112233', DURATION: 5, SRC: 'callweave' })
})

test('given incoming leads when added, accepted and declined then unsorted webhooks tell it', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  await using hook = await receiver()
  await subscribe(setup, hook.url, 'add_unsorted', 'update_unsorted', 'delete_unsorted')
  const metadata = {
    phone: '+79991112233',
    from: 'x',
    called_at: 1_700_000_000,
    duration: 0,
    link: '',
    service_code: 'x',
  }
  const item = { source_uid: '7001', source_name: 'Линия', metadata, _embedded: { contacts: [{ name: 'Иван' }] } }
  await setup.call('POST', '/api/v4/leads/unsorted/sip', [item, item])
  const [first = '', second = ''] = sandbox.unsorted().map(({ uid }) => uid)
  sandbox.acceptUnsorted(first, { user: 7000002 })
  sandbox.declineUnsorted(second)
  await sandbox.webhooks.settled()
  assert.deepEqual(hook.told('unsorted', 'add', '0', 'uid').filter(Boolean), [first])
  assert.deepEqual(hook.told('unsorted', 'add', '1', 'uid').filter(Boolean), [second])
  assert.deepEqual(hook.told('unsorted', 'update', '0', 'action').filter(Boolean), ['accept'])
  assert.deepEqual(hook.told('unsorted', 'update', '0', 'accept_result', 'leads', '0').filter(Boolean), ['901'])
  assert.deepEqual(hook.told('unsorted', 'delete', '0', 'uid').filter(Boolean), [second])
  assert.deepEqual(hook.told('unsorted', 'delete', '0', 'action').filter(Boolean), ['decline'])
})

test.each([
  [404, [0, 5, 20, 35]],
  [302, [0, 5, 20, 35]],
  [503, [0, 5, 20, 35, 95]],
] as const)('given a receiver that answers %i then attempts come after %o minutes', async (status, minutes) => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  await using hook = await receiver(() => status)
  await subscribe(setup, hook.url, 'add_contact')
  const start = setup.seconds()
  sandbox.addContact({})
  for (let minute = 0; minute < 300; minute += 5) {
    await sandbox.webhooks.settled()
    setup.advance(5 * 60_000)
  }
  await sandbox.webhooks.settled()
  assert.deepEqual(
    sandbox.webhooks.deliveries().map(({ at }) => (at / 1000 - start) / 60),
    minutes,
  )
})

test('given a receiver that takes more than two seconds then the attempt counts as 499 and is repeated; one that recovers hears it once more', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  let status = 0
  await using hook = await receiver(() => status)
  await subscribe(setup, hook.url, 'add_contact')
  sandbox.addContact({})
  while (hook.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  setup.advance(1999)
  assert.equal(sandbox.webhooks.deliveries()[0]?.status, undefined)
  setup.advance(1)
  await sandbox.webhooks.settled()
  assert.equal(sandbox.webhooks.deliveries()[0]?.status, 499)
  status = 204
  setup.advance(5 * 60_000)
  await sandbox.webhooks.settled()
  assert.deepEqual(
    sandbox.webhooks.deliveries().map(({ attempt, status: answered }) => [attempt, answered]),
    [
      [1, 499],
      [2, 204],
    ],
  )
  assert.equal(sandbox.pending(), 0)
})

test('given more than a hundred invalid answers in two hours then the subscription is off until somebody subscribes again', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  let status = 400
  await using hook = await receiver(() => status)
  await subscribe(setup, hook.url, 'add_company')
  const disabled = async () => pick((await setup.call('GET', '/api/v4/webhooks')).json, '_embedded.webhooks.0.disabled')
  for (let made = 0; made < 100; made += 1) {
    sandbox.addCompany({})
    await sandbox.webhooks.settled()
  }
  assert.equal(await disabled(), false)
  sandbox.addCompany({})
  await sandbox.webhooks.settled()
  assert.equal(await disabled(), true)
  status = 200
  setup.advance(3 * 3_600_000)
  sandbox.addCompany({})
  await sandbox.webhooks.settled()
  assert.equal(sandbox.webhooks.deliveries().length, 101)
  await subscribe(setup, hook.url, 'add_company')
  assert.equal(await disabled(), false)
  sandbox.addCompany({})
  await sandbox.webhooks.settled()
  assert.equal(sandbox.webhooks.deliveries().at(-1)?.status, 200)
})

test('given mishaps when webhooks go out then they are lost, doubled or overtaken', async () => {
  const setup = await testSandbox()
  await using sandbox = setup.sandbox
  await using hook = await receiver()
  await subscribe(setup, hook.url, 'add_contact')
  sandbox.webhooks.mishap({ kind: 'drop' })
  sandbox.webhooks.mishap({ kind: 'late', ms: 3000 })
  sandbox.webhooks.mishap({ kind: 'duplicate' })
  for (const name of ['lost', 'late', 'twice']) {
    sandbox.addContact({ name })
    await sandbox.webhooks.settled()
  }
  setup.advance(3000)
  await sandbox.webhooks.settled()
  assert.deepEqual(hook.told('contacts', 'add', '0', 'name'), ['twice', 'twice', 'late'])
})

test('given a destination beyond this machine then nothing is ever sent to it; a name may stand for a local server', async () => {
  await using hook = await receiver()
  const reach = (destination: string) => (destination === 'https://pbx.example.com/hook' ? hook.url : destination)
  const setup = await testSandbox({ webhooks: { reach } })
  await using sandbox = setup.sandbox
  await subscribe(setup, 'https://pbx.example.com/hook', 'add_contact')
  await subscribe(setup, 'https://other.example.com/hook', 'add_contact')
  sandbox.addContact({})
  await sandbox.webhooks.settled()
  assert.equal(hook.received.length, 1)
  assert.deepEqual(
    sandbox.webhooks.deliveries().map(({ status }) => status),
    [200, 0],
  )
  assert.equal(list((await setup.call('GET', '/api/v4/webhooks')).json, '_embedded.webhooks').length, 2)
})

test('given a delay when a thing changes then the webhook comes after it', async () => {
  const setup = await testSandbox({ webhooks: { delayMs: 4000 } })
  await using sandbox = setup.sandbox
  await using hook = await receiver()
  await subscribe(setup, hook.url, 'add_contact')
  sandbox.addContact({})
  await sandbox.webhooks.settled()
  assert.equal(hook.received.length, 0)
  setup.advance(4000)
  await sandbox.webhooks.settled()
  assert.equal(hook.received.length, 1)
})
