import { request } from 'node:http'
import { pino } from 'pino'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { type HttpServer, openHttp } from '../http/http-server.ts'
import { readJsonBody } from '../http/json-body.ts'
import type { Click } from './click.ts'
import { ClickRefused } from './errors.ts'
import { clickRouter } from './router.ts'
import type { ClickRequest } from './schema.ts'

const log = pino({ level: 'silent' })
const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())

const CLICK: Click = {
  call: 'click-1',
  extension: '101',
  number: '+79221532327',
  requestId: 'r-1',
  entity: { kind: 'lead', id: 5 },
  lang: 'ru',
  startedAt: 0,
  state: 'ringing-you',
}
let asked: { readonly extension: string; readonly request: ClickRequest }[] = []
let refusal: ClickRefused | undefined
let server: HttpServer
let now = 0

beforeEach(async () => {
  asked = []
  refusal = undefined
  now = 0
  const router = clickRouter({
    clickToCall: {
      start: async (extension, body) => {
        asked.push({ extension, request: body })
        if (refusal) throw refusal
        return { ...CLICK, extension, lang: body.lang ?? 'ru' }
      },
      find: (extension, call) =>
        extension === '101' && call === 'click-1' ? { ...CLICK, state: 'answered' } : undefined,
    },
    authenticate: (token) => (token === 'token-of-101' ? '101' : undefined),
    readJson: readJsonBody,
    now: () => now,
  })
  server = opened.use(await openHttp({ host: '127.0.0.1', port: 0, routers: [router], sockets: {}, log }))
})

interface Sent {
  readonly body?: string
  readonly token?: string
  readonly type?: string
  readonly path?: string
  readonly method?: string
}
async function send({
  body = '{}',
  token = 'token-of-101',
  type = 'application/json',
  path = '',
  method = 'POST',
}: Sent) {
  const answer = await fetch(`http://127.0.0.1:${server.port}/crm/click-to-call${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    ...(method === 'POST' && { body }),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
}
const click = (body: unknown) => send({ body: JSON.stringify(body) })

describe('given a person with a token', () => {
  test('when a client is clicked, then 202 names the call and says what happens', async () => {
    const { status, body } = await click({ phone: '+79221532327', requestId: 'r-1' })
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        type: 'click',
        call: 'click-1',
        requestId: 'r-1',
        entity: { kind: 'lead', id: 5 },
        number: '+79221532327',
        state: 'ringing-you',
        says: 'Ваш телефон звонит: снимите трубку.',
      },
    })
    expect(asked).toEqual([{ extension: '101', request: { phone: '+79221532327', requestId: 'r-1' } }])
  })

  test('when it is refused, then status, code and a sentence in the asked language come back', async () => {
    refusal = new ClickRefused('already-calling', { call: 'click-7' })
    expect(await click({ phone: '1', lang: 'en' })).toMatchObject({
      status: 409,
      body: { code: 'already-calling', message: 'You are calling already: end that call first.', call: 'click-7' },
    })
    expect((await click({ phone: '1' })).body['message']).toBe('Вы уже звоните: завершите начатый звонок.')
  })

  test('when the state of a call is asked for, then only an own one is told', async () => {
    expect(await send({ method: 'GET', path: '/click-1' })).toMatchObject({ status: 200, body: { state: 'answered' } })
    expect(await send({ method: 'GET', path: '/click-2?lang=en' })).toMatchObject({
      status: 404,
      body: { code: 'not-found', message: 'There is no such call.' },
    })
  })

  test.each([
    ['another’s phone to ring', { phone: '+79221532327', extension: '102' }],
    ['no number', {}],
    ['a number that is an object', { phone: { $gt: '' } }],
    ['a number that is a list', { phone: ['101', '102'] }],
    ['a number that is a number', { phone: 79221532327 }],
    ['a number that is endless', { phone: '7'.repeat(201) }],
    ['a request id that is a path', { phone: '1', requestId: '../../x' }],
    ['an entity of another kind', { phone: '1', entity: { kind: 'user', id: 1 } }],
    ['a list', []],
    ['null', null],
  ])('when the request names %s, then it is a 400 and nobody is asked', async (_what, body) => {
    expect(await click(body)).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    expect(asked).toEqual([])
  })

  test('when a key is too much, then the details name it and not its value', async () => {
    const { body } = await click({ phone: '1', extension: 'secret-value' })
    expect(String(body['details'])).toContain('extension')
    expect(JSON.stringify(body)).not.toContain('secret-value')
  })
})

describe('given bodies that are no requests', () => {
  test('when they are no JSON, or not said to be, then 400 and 415', async () => {
    expect((await send({ body: '{"phone":' })).status).toBe(400)
    expect((await send({ body: '\u0000\u0001' })).status).toBe(400)
    expect((await send({ body: 'phone=1', type: 'application/x-www-form-urlencoded' })).status).toBe(415)
    expect((await send({ body: '{"phone":"1"}', type: 'text/plain' })).status).toBe(415)
  })

  test('when one says it is huge, then 413 before it is read', async () => {
    const { status, headers } = await send({ body: JSON.stringify({ phone: '7'.repeat(20_000) }) })
    expect(status).toBe(413)
    expect(headers.get('connection')).toBe('close')
  })

  test('when one is huge and does not say so, then 413 all the same, and the door stays open', async () => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>()
    const flood = request(
      `http://127.0.0.1:${server.port}/crm/click-to-call`,
      { method: 'POST', headers: { authorization: 'Bearer token-of-101', 'content-type': 'application/json' } },
      (answer) => resolve(answer.resume().statusCode),
    )
    flood.on('error', () => undefined)
    for (let kilobytes = 0; kilobytes < 64; kilobytes++) flood.write('x'.repeat(1024))
    expect(await promise).toBe(413)
    flood.destroy()
    expect((await click({ phone: '1' })).status).toBe(202)
  })
})

describe('given a flood', () => {
  test('when a token opens nothing, then 401, later 429, and a right one is not held up', async () => {
    const statuses = []
    for (let i = 0; i < 25; i++) statuses.push((await send({ token: `guess-${i}` })).status)
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401))
    expect(new Set(statuses.slice(20))).toEqual(new Set([429]))
    expect((await click({ phone: '1' })).status).toBe(202)
  })

  test('when no token comes at all, then 401 says how to come', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/crm/click-to-call`, { method: 'POST', body: '{}' })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await answer.json()).toMatchObject({ code: 'unauthorised' })
  })

  test('when a person’s browser runs wild, then 429 with a time to wait, and it may again after it', async () => {
    const statuses = []
    for (let i = 0; i < 32; i++) statuses.push((await click({ phone: '1' })).status)
    expect(statuses.filter((status) => status === 202)).toHaveLength(30)
    const held = await click({ phone: '1' })
    expect([held.status, held.body['code'], held.headers.get('retry-after')]).toEqual([429, 'too-many-requests', '10'])
    expect(asked).toHaveLength(30)
    now += 10_000
    expect((await click({ phone: '1' })).status).toBe(202)
  })
})
