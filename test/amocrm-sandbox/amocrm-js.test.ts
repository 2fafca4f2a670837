import assert from 'node:assert/strict'
import https from 'node:https'
import { connect } from 'node:net'
import { Client } from 'amocrm-js'
import { afterEach, beforeEach, test, vi } from 'vitest'
import { list, pick } from './_client.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'

/**
 * amocrm-js is a client none of us wrote: what works with it shows that the sandbox is amoCRM's shape, not our client's. It insists on
 * `https://acme.amocrm.ru`; only the connection below its HTTP is led to the sandbox, so that host, headers and bodies are its own.
 */
let sandbox: Sandbox
const agentBefore = https.globalAgent

beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 }, queryLagMs: 0 })
  const agent = new https.Agent()
  agent.createConnection = () => connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  https.globalAgent = agent
})

afterEach(async () => {
  https.globalAgent.destroy()
  https.globalAgent = agentBefore
  await sandbox[Symbol.asyncDispose]()
})

function byToken(): Client {
  const { id, secret, redirectUri } = sandbox.oauth.client
  return new Client({
    domain: 'acme',
    auth: { client_id: id, client_secret: secret, redirect_uri: redirectUri, bearer: sandbox.token },
  })
}

test('given a contact when amocrm-js creates, reads, changes and pages through contacts then it is all there', async () => {
  const client = byToken()
  const contact = new client.Contact({
    name: 'Walter White',
    custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '+79991112233', enum_code: 'WORK' }] }],
  })
  await contact.save()
  assert.equal(contact.id, 501)
  const read = await client.contacts.getById(501)
  assert.equal(read?.name, 'Walter White')
  assert.ok(read)
  read.name = 'Уолтер Уайт'
  await read.save()
  assert.equal(sandbox.contacts()[0]?.name, 'Уолтер Уайт')
  assert.deepEqual(sandbox.contacts()[0]?.phones, ['+79991112233'])
  sandbox.addContact({ name: 'Джесси' })
  const pages = await client.contacts.get({ limit: 1 })
  assert.deepEqual(
    pages.getData().map(({ id }) => id),
    [501],
  )
  await pages.next()
  assert.deepEqual(
    pages.getData().map(({ id }) => id),
    [502],
  )
  assert.equal(pages.hasNext(), false)
})

test('given a lead when amocrm-js creates, reads, tags and moves it then it is all there', async () => {
  const client = byToken()
  const contact = sandbox.addContact({ name: 'Иван' })
  const [lead] = await client.leads.create([{ name: 'Звонок', price: 100, _embedded: { contacts: [{ id: contact }] } }])
  assert.equal(lead?.id, 901)
  const read = await client.leads.getById(901)
  assert.ok(read)
  assert.equal(read.price, 100)
  read.price = 200
  read.status_id = 44002
  await read.save()
  assert.deepEqual(
    sandbox.leads().map(({ price, status, contacts }) => [price, status, contacts]),
    [[200, 44002, [contact]]],
  )
})

test('given a task when amocrm-js creates, reads and completes it then it is done', async () => {
  const client = byToken()
  const contact = sandbox.addContact({ name: 'Иван' })
  const task = new client.Task({
    text: 'Перезвонить',
    complete_till: 1_800_000_000,
    entity_id: contact,
    entity_type: 'contacts',
  })
  await task.save()
  const read = await client.tasks.getById(task.id ?? 0)
  assert.equal(read?.text, 'Перезвонить')
  await client.tasks.update([{ id: task.id, is_completed: true, result: { text: 'Дозвонились' } }])
  assert.deepEqual(
    sandbox.tasks().map(({ completed, result }) => [completed, result]),
    [[true, 'Дозвонились']],
  )
})

test('given notes when amocrm-js creates, reads and patches them then the call stands in the feed', async () => {
  const client = byToken()
  const contact = sandbox.addContact({ name: 'Иван' })
  const params = { uniq: 'pbx/1', duration: 73, source: 'js', phone: '+79991112233' }
  const made = await client.request.post('/api/v4/contacts/notes', [
    { entity_id: contact, note_type: 'call_in', params },
  ])
  const id = pick(list(made.data, '_embedded.notes')[0], 'id')
  const link = 'https://pbx.example.com/1.mp3'
  await client.request.patch(`/api/v4/contacts/${contact}/notes/${id}`, {
    note_type: 'call_in',
    params: { ...params, link },
  })
  const read = await client.request.get(`/api/v4/contacts/${contact}/notes`, { filter: { note_type: ['call_in'] } })
  assert.equal(pick(list(read.data, '_embedded.notes')[0], 'params.link'), link)
  assert.equal(sandbox.callNotes()[0]?.seconds, 73)
  const none = await client.request.get('/api/v4/contacts/999/notes')
  assert.equal(none.response.statusCode, 204)
})

test('given an authorization code when amocrm-js exchanges and refreshes it then it works on with the new pair', async () => {
  const { id, secret, redirectUri } = sandbox.oauth.client
  const code = sandbox.oauth.issueCode({ user: 7000002, admin: false })
  const client = new Client({
    domain: 'acme.amocrm.ru',
    auth: { client_id: id, client_secret: secret, redirect_uri: redirectUri, code },
  })
  const account = await client.request.get('/api/v4/account')
  assert.equal(pick(account.data, 'current_user_id'), 7000002)
  const before = client.token.getValue()?.access_token
  await client.token.refresh()
  assert.notEqual(client.token.getValue()?.access_token, before)
  assert.equal((await client.request.get('/api/v4/account')).response.statusCode, 200)
})

test('given an account that moved when amocrm-js asks at the old name then nobody is there, at the new one it is', async () => {
  // The package prints every error answer.
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const client = byToken()
  await sandbox.renameAccount('acme-new')
  await assert.rejects(client.request.get('/api/v4/account'), { message: 'API_RESPONSE_ERROR' })
  assert.equal(sandbox.requests().at(-1)?.status, 404)
  client.environment.set('domain', 'acme-new.amocrm.ru')
  const account = await client.request.get('/api/v4/account')
  assert.equal(pick(account.data, 'subdomain'), 'acme-new')
  assert.equal(pick(account.data, '_links.self.href'), 'https://acme-new.amocrm.ru/api/v4/account')
  printed.mockRestore()
})
