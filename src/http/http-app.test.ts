import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import Router from 'koa-router'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createHttpApp } from './http-app.ts'

/** Asks the application without a network, so that the question can come from any address. */
async function ask(path: string, address: string): Promise<number> {
  const router = new Router()
  router.get('/crm/secret', (ctx) => {
    ctx.body = 'secret'
  })
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: address })
  const request = Object.assign(new IncomingMessage(socket), { method: 'GET', url: path })
  const response = new ServerResponse(request)
  await createHttpApp([router], pino({ level: 'silent' })).callback()(request, response)
  return response.statusCode
}

test('given a token path over plain http, when asked from outside, then it is refused, however it is written', async () => {
  expect(await ask('/crm/secret', '203.0.113.5')).toBe(403)
  expect(await ask('/CRM/secret', '203.0.113.5')).toBe(403)
  expect(await ask('/Crm/Secret', '203.0.113.5')).toBe(403)
})

test('given a token path, when asked from the own network, then it is answered', async () => {
  expect(await ask('/crm/secret', '192.168.1.7')).toBe(200)
})
