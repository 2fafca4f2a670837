import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { webhookRouter } from './router.ts'
import { isSameSecret, webhookSecret } from './webhook-secret.ts'

const SECRET = 'a-secret-nobody-knows'
let bodies: string[]
let unread: number
let server: ReturnType<Koa['listen']>

beforeEach(async () => {
  bodies = []
  unread = 0
  const inbox = {
    take: (body: string) => void bodies.push(body),
    takeUnread: () => {
      unread += 1
    },
  }
  const app = new Koa()
  app.use(webhookRouter({ secret: async () => SECRET, inbox }).routes())
  server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const post = (secret: string, body = '', method = 'POST') =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/crm/webhook/${secret}`, {
    method,
    ...(method === 'POST' && { body }),
  })

describe('the door of the CRM’s webhooks', () => {
  test('given the secret, then it answers 204 at once and hands the body over', async () => {
    const answer = await post(SECRET, 'contacts[update][0][id]=501')
    expect([answer.status, bodies]).toEqual([204, ['contacts[update][0][id]=501']])
  })

  test('given a wrong secret, then there is nothing at this address', async () => {
    for (const wrong of ['', 'x', SECRET.toUpperCase(), encodeURIComponent('../')]) {
      expect((await post(wrong, 'a=1')).status).toBe(404)
    }
    expect((await post(SECRET, '', 'GET')).status).not.toBe(204)
    expect(bodies).toEqual([])
  })

  test('given a body without end, then no more than a megabyte is read, and it counts as answered', async () => {
    const answer = await post(SECRET, 'x'.repeat(1_000_001)).catch(() => undefined)
    if (answer) expect(answer.status).toBe(204)
    expect([bodies.length, unread]).toEqual([0, 1])
  })
})

test('the secret is made once and kept', async () => {
  const kept = new Map<string, string>()
  const settings = {
    get: async (name: string) => kept.get(name),
    set: async (name: string, value: string) => void kept.set(name, value),
  }
  const secret = await webhookSecret(settings)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(await webhookSecret(settings)).toBe(secret)
  expect(isSameSecret(secret, secret)).toBe(true)
  expect(isSameSecret('', secret)).toBe(false)
})
