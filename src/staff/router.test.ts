import { once } from 'node:events'
import Koa from 'koa'
import { afterEach, expect, test } from 'vitest'
import { readJsonBody } from '../http/json-body.ts'
import { staffRouter } from './router.ts'
import type { TableRow } from './widget-table.ts'

const tables: (readonly TableRow[])[] = []
const opened: { close(): void }[] = []
afterEach(() => {
  for (const server of opened.splice(0)) server.close()
  tables.length = 0
})

async function post(body: unknown, token = 'admin'): Promise<{ readonly status: number; readonly body: string }> {
  const router = staffRouter({
    authenticate: (sent) => (sent === 'nobody' ? undefined : { extension: '101', admin: sent === 'admin' }),
    readJson: readJsonBody,
    takeOver: async (table) => {
      tables.push(table)
      return []
    },
  })
  const app = new Koa()
  app.silent = true
  const server = app.use(router.routes()).listen(0, '127.0.0.1')
  opened.push(server)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${port}/crm/staff`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.text() }
}

test('given an administrator, when the widget hands over its table, then users without a phone are left out', async () => {
  expect(await post({ users: { 7000001: '101', 7000002: ' 102 ', 7000003: '', 7000004: null, 7000005: 105 } })).toEqual(
    {
      status: 200,
      body: '{"taken":3,"conflicts":[]}',
    },
  )
  expect(tables).toEqual([
    [
      { user: 7_000_001, extension: '101' },
      { user: 7_000_002, extension: '102' },
      { user: 7_000_005, extension: '105' },
    ],
  ])
})

test.each([
  ['nobody known', 'nobody', 401],
  ['no administrator', 'person', 403],
])('given %s, when a table comes, then it is refused', async (_who, token, status) => {
  expect((await post({ users: { 1: '101' } }, token)).status).toBe(status)
  expect(tables).toEqual([])
})

test.each([
  ['an extension that is none', { users: { 1: 'Anna' } }, /users\.1/],
  ['a user that is none', { users: { anna: '101' } }, /users\.anna/],
  ['no table', { people: [] }, /users/],
  ['an empty table', { users: { 1: '' } }, /what was known stays/],
])('given %s, when it comes, then nothing is taken and it is said why', async (_what, body, says) => {
  const answer = await post(body)
  expect(answer.status).toBe(422)
  expect(answer.body).toMatch(says)
  expect(tables).toEqual([])
})
