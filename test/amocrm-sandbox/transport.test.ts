import assert from 'node:assert/strict'
import { test } from 'vitest'
import { client, list, pick, testSandbox } from './_client.ts'
import { startSandbox } from './sandbox.ts'

test('given seven requests within a second when an eighth comes then it is refused with a body that is no JSON', async () => {
  const { sandbox, call, advance } = await testSandbox({ rateLimit: {} })
  await using _ = sandbox
  for (let sent = 0; sent < 7; sent += 1) assert.equal((await call('GET', '/api/v4/account')).status, 200)
  const refused = await call('GET', '/api/v4/account')
  assert.equal(refused.status, 429)
  assert.equal(refused.type, 'text/html')
  assert.equal(refused.json, undefined)
  assert.equal(refused.headers.get('retry-after'), null)
  advance(999)
  assert.equal((await call('GET', '/api/v4/account')).status, 429)
  advance(1000)
  assert.equal((await call('GET', '/api/v4/account')).status, 200)
})

test('given requests spread over a second when the window slides then only the last second counts', async () => {
  const { sandbox, call, advance } = await testSandbox({ rateLimit: {} })
  await using _ = sandbox
  for (let sent = 0; sent < 20; sent += 1) {
    assert.equal((await call('GET', '/api/v4/account')).status, 200)
    advance(143)
  }
})

test('given two tokens when each stays under the limit then neither is refused', async () => {
  const { sandbox, call } = await testSandbox({ rateLimit: {} })
  await using _ = sandbox
  const other = sandbox.issueToken({ user: 7000002, admin: false })
  for (let sent = 0; sent < 7; sent += 1) {
    assert.equal((await call('GET', '/api/v4/account')).status, 200)
    assert.equal((await call('GET', '/api/v4/account', undefined, other)).status, 200)
  }
})

test('given a client that hammers on after 429 when refusals pile up then every path is blocked with HTML for a while', async () => {
  const { sandbox, call, advance } = await testSandbox({ rateLimit: { refusalsBeforeBlock: 3, blockMs: 5000 } })
  await using _ = sandbox
  for (let sent = 0; sent < 10; sent += 1) await call('GET', '/api/v4/account')
  for (const path of ['/api/v4/account', '/oauth2/access_token', '/anything']) {
    const blocked = await call('GET', path)
    assert.equal(blocked.status, 403)
    assert.equal(blocked.type, 'text/html')
  }
  advance(5000)
  assert.equal((await call('GET', '/api/v4/account')).status, 200)
})

test('given no token, a wrong one, a revoked one or one of a dismissed user when asked then 401 as problem+json', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const revoked = sandbox.issueToken({ user: 7000001, admin: true })
  sandbox.revoke(revoked)
  const dismissed = sandbox.issueToken({ user: 7000002, admin: false })
  sandbox.deactivateUser(7000002)
  for (const token of ['', 'nonsense', revoked, dismissed]) {
    const reply = await call('GET', '/api/v4/account', undefined, token)
    assert.equal(reply.status, 401)
    assert.equal(reply.type, 'application/problem+json')
    assert.equal(pick(reply.json, 'title'), 'Unauthorized')
  }
})

test('given an unknown path or a wrong method when asked then 404 and 405 as problem+json', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  assert.equal((await call('GET', '/api/v4/nothing')).status, 404)
  assert.equal((await call('DELETE', '/api/v4/contacts')).status, 405)
  assert.equal((await call('GET', '/api/v4/calls')).status, 405)
  assert.equal((await call('PATCH', '/api/v4/calls', [])).status, 405)
  assert.equal((await call('GET', '/api/v4/nothing')).type, 'application/problem+json')
})

test('given any answer then it carries a request id and the Date of the sandbox clock', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const first = await call('GET', '/api/v4/account')
  const second = await call('GET', '/api/v4/nothing')
  assert.equal(first.headers.get('date'), 'Fri, 20 Nov 2026 08:00:00 GMT')
  assert.match(first.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  assert.notEqual(first.headers.get('x-request-id'), second.headers.get('x-request-id'))
})

test('given an account request then blocks come only when asked for', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const plain = await call('GET', '/api/v4/account')
  assert.equal(plain.type, 'application/hal+json')
  assert.equal(pick(plain.json, 'id'), 30012345)
  assert.equal(pick(plain.json, '_embedded'), undefined)
  const full = await call('GET', '/api/v4/account?with=task_types,version')
  assert.equal(pick(full.json, 'version'), 12)
  assert.equal(list(full.json, '_embedded.task_types').length, 2)
})

test('given no administrator when users are asked for then 403; given one then inactive users are marked', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const plain = sandbox.issueToken({ user: 7000002, admin: false })
  assert.equal((await call('GET', '/api/v4/users', undefined, plain)).status, 403)
  const users = await call('GET', '/api/v4/users?limit=250')
  const active = list(users.json, '_embedded.users').map(
    (user) => `${pick(user, 'id')} ${pick(user, 'rights.is_active')}`,
  )
  assert.deepEqual(active, ['7000001 true', '7000002 true', '7000003 true', '7000009 false'])
  assert.equal(pick(users.json, '_total_items'), 4)
})

test('given an unknown pipeline when asked for then 404, not 204', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  assert.equal((await call('GET', '/api/v4/leads/pipelines/1')).status, 404)
  const pipelines = await call('GET', '/api/v4/leads/pipelines')
  const statuses = list(pipelines.json, '_embedded.pipelines.0._embedded.statuses')
  assert.deepEqual(
    statuses.map((status) => pick(status, 'type')),
    [1, 0, 0, 0, 0],
  )
})

test('given requests of every outcome then all are recorded, with masked tokens', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  await call('POST', '/api/v4/contacts', [{ name: 'Иван' }])
  await call('GET', '/api/v4/contacts?filter%5Bid%5D%5B%5D=501')
  await call('POST', '/api/v4/contacts', 'nonsense')
  const seen = sandbox.requests()
  assert.deepEqual(
    seen.map((r) => [r.method, r.path, r.query, r.status, r.executed]),
    [
      ['POST', '/api/v4/contacts', '', 200, true],
      ['GET', '/api/v4/contacts', 'filter%5Bid%5D%5B%5D=501', 200, true],
      ['POST', '/api/v4/contacts', '', 400, false],
    ],
  )
  assert.deepEqual(seen[0]?.json, [{ name: 'Иван' }])
  assert.equal(seen[0]?.headers['authorization'], 'Bearer ***')
  assert.ok(!JSON.stringify(seen).includes(sandbox.token))
  sandbox.clearRequests()
  assert.deepEqual(sandbox.requests(), [])
})

test('given a sandbox that is disposed when asked again then nobody listens', async () => {
  const sandbox = await startSandbox()
  const call = client(sandbox)
  await sandbox[Symbol.asyncDispose]()
  await assert.rejects(call('GET', '/api/v4/account'))
})
