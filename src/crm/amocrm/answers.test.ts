import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, test } from 'vitest'
import * as errors from '../errors.ts'
import type { Crm } from '../port.ts'
import { createAmocrm } from './amocrm.ts'
import { longLivedToken } from './long-lived-token.ts'
import { createTransport, transportLimits } from './transport.ts'

const nothing = { view: 'none', edit: 'none', add: 'none' }
const { signal } = new AbortController()
const contacts = [
  { name: 'А', phone: '+79221532327' },
  { name: 'Б', phone: '+79221532328' },
  { name: 'В', phone: '+79221532329' },
]
const validation = { 'content-type': 'application/problem+json' }
const json = { 'content-type': 'application/hal+json' }
const html = { 'content-type': 'text/html; charset=utf-8' }

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** An amoCRM that says exactly this: what the sandbox, being a well-behaved account, does not say. */
async function amocrmThat(answer: RequestListener): Promise<Crm> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return createAmocrm({
    tokens: longLivedToken({ account: `http://127.0.0.1:${port}`, token: 'secret-token' }),
    source: 'Callweave',
    country: 'RU',
    pace: { run: (_urgency, request) => request() },
    now: Date.now,
    log: { warn: () => undefined },
    transport: createTransport({ ...transportLimits, answerBytes: 10_000 }),
  })
}
const saying = (status: number, headers: Record<string, string>, body = '') =>
  amocrmThat((_request, response) => response.writeHead(status, headers).end(body))

describe('given an answer that is not the API’s', () => {
  test('HTML with 200 says nothing about the write', async () => {
    const outcomes = await (await saying(200, html, '<html>maintenance</html>')).createContacts(contacts, signal)
    assert.ok(
      outcomes.every((outcome) => outcome.kind === 'failed' && outcome.error instanceof errors.CrmAnswerMalformed),
    )
  })

  test('a refusal that was cut in two is no refusal: it may be of something that can be mended', async () => {
    const cut = '{"validation-errors":[{"request_id":"0","errors":[{"code":"NotSupportedChoice","path":"respon'
    const outcomes = await (await saying(400, validation, cut)).createContacts(contacts.slice(0, 1), signal)
    assert.ok(
      outcomes.every((outcome) => outcome.kind === 'failed' && outcome.error instanceof errors.CrmAnswerMalformed),
    )
  })

  test('a redirect and an HTML 404 mean a wrong address: nothing was written', async () => {
    for (const [status, headers] of [
      [302, { location: 'https://www.amocrm.ru/' }],
      [404, html],
    ] as const) {
      const crm = await saying(status, headers, '<html></html>')
      await assert.rejects(crm.account(signal), (error) => {
        assert.ok(error instanceof errors.CrmUnreachable)
        assert.match(error.message, /check the CRM's address/)
        return true
      })
    }
  })

  test('an answer cut short says nothing about the write', async () => {
    const crm = await amocrmThat((_request, response) => {
      response.writeHead(200, { ...json, 'content-length': '500' })
      response.write('{"_embedded":')
      setTimeout(() => response.destroy(), 20)
    })
    const [outcome] = await crm.createContacts(contacts, signal)
    assert.ok(outcome?.kind === 'failed' && outcome.error instanceof errors.CrmOutcomeUnknown)
  })

  test('an endless answer is not swallowed whole', async () => {
    const crm = await saying(200, json, `{"name":"${'x'.repeat(20_000)}"}`)
    await assert.rejects(crm.account(signal), /longer than 10000 bytes/)
  })

  test('a list that points to another host does not get our token', async () => {
    const visited: (string | undefined)[] = []
    const crm = await amocrmThat((request, response) => {
      visited.push(request.headers.authorization)
      const next = { href: `http://127.0.0.2:${request.socket.localPort}/api/v4/users?page=2` }
      response.writeHead(200, json).end(JSON.stringify({ _links: { next }, _embedded: { users: [] } }))
    })
    await assert.rejects(crm.users(signal), /next page is elsewhere/)
    assert.deepEqual(visited, ['Bearer secret-token'])
  })

  test('an entry that cannot be read is left out, the others come', async () => {
    const users = [
      { id: 'seven', name: 'x' },
      { id: 7000001, name: 'Анна', rights: { is_active: true } },
    ]
    const crm = await saying(200, json, JSON.stringify({ _embedded: { users } }))
    assert.deepEqual(await crm.users(signal), [
      { id: 7000001, name: 'Анна', active: true, admin: false, rights: { contacts: nothing, leads: nothing } },
    ])
  })

  test('no error carries the token', async () => {
    for (const crm of [await saying(500, html), await saying(401, validation, '{}'), await saying(200, html, 'x')]) {
      await assert.rejects(
        crm.account(signal),
        (error) => !JSON.stringify([String(error), error]).includes('secret-token'),
      )
    }
  })
})

describe('given a refusal that does not name its item', () => {
  const refusal = JSON.stringify({ title: 'Bad Request', status: 400, detail: 'Invalid request data' })

  test('the batch is halved until the item is alone, the others are written', async () => {
    let requests = 0
    const crm = await amocrmThat(async (request, response) => {
      requests += 1
      const items: { name: string; request_id: string }[] = JSON.parse((await request.toArray()).join(''))
      if (items.some((item) => item.name === 'Б')) return void response.writeHead(400, validation).end(refusal)
      const written = items.map(({ request_id }) => ({ id: 500 + Number(request_id), request_id }))
      response.writeHead(200, json).end(JSON.stringify({ _embedded: { contacts: written } }))
    })
    const outcomes = await crm.createContacts(contacts, signal)
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['written', 'refused', 'written'],
    )
    assert.equal(requests, 5)
  })

  test('when the account as a whole is meant, halving ends and the rest waits for a smaller batch', async () => {
    let requests = 0
    const crm = await amocrmThat((request, response) => {
      requests += 1
      request.resume()
      response.writeHead(400, validation).end(refusal)
    })
    const many = Array.from({ length: 250 }, (_, n) => ({ name: `К${n}`, phone: '+79221532327' }))
    const outcomes = await crm.createContacts(many, signal)
    const waiting = outcomes.filter((outcome) => outcome.kind === 'failed')
    assert.ok(requests <= 25, `${requests} requests`)
    assert.ok(waiting.length > 200)
    assert.ok(waiting.every(({ error }) => error.written === 'no' && error.tooHeavy))
  })

  test('a missing right is nobody’s item: all wait for an administrator', async () => {
    const body = JSON.stringify({ title: 'Bad Request', status: 400, detail: 'Код ошибки 244. Нет прав' })
    const outcomes = await (await saying(400, validation, body)).createContacts(contacts, signal)
    for (const outcome of outcomes) {
      assert.ok(outcome.kind === 'failed' && outcome.error instanceof errors.CrmForbidden)
      assert.equal(outcome.error.written, 'no')
    }
  })

  test('an answer that forgets an item leaves that item unproven', async () => {
    const crm = await saying(200, json, JSON.stringify({ _embedded: { contacts: [{ id: 501, request_id: '0' }] } }))
    const outcomes = await crm.createContacts(contacts, signal)
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.written : outcome.kind)),
      ['written', 'maybe', 'maybe'],
    )
  })
})

test('the CRM’s own card is asked for once per call, for the users who ring', async () => {
  const bodies: unknown[] = []
  const crm = await amocrmThat(async (request, response) => {
    bodies.push([request.url, JSON.parse((await request.toArray()).join(''))])
    response.writeHead(202).end()
  })
  await crm.announceCall('+79221532327', [7000001], signal)
  assert.deepEqual(bodies, [
    ['/api/v2/events', { add: [{ type: 'phone_call', phone_number: '+79221532327', users: [7000001] }] }],
  ])
})
