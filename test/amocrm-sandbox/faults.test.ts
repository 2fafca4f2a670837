import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Call, testSandbox } from './_client.ts'
import type { FaultAction } from './transport/faults.ts'

const create = (call: Call) => call('POST', '/api/v4/contacts', [{ name: 'Иван' }])

test('given a fault for one request when it has hit then the next request is served', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const fault = sandbox.fault({ match: { method: 'POST', path: '/api/v4/contacts' }, do: { kind: 'throttled' } })
  assert.equal((await call('GET', '/api/v4/account')).status, 200)
  assert.equal((await create(call)).status, 429)
  assert.equal((await create(call)).status, 200)
  assert.equal(fault.left(), 0)
  assert.deepEqual(
    sandbox.requests().map(({ fault: hit }) => hit?.kind),
    [undefined, 'throttled', undefined],
  )
})

test('given a fault for the second and third match when four come then those two are hit', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  sandbox.fault({ match: { path: /^\/api\/v4\/contacts/, nth: 2 }, times: 2, do: { kind: 'server-error' } })
  const statuses = []
  for (let sent = 0; sent < 4; sent += 1) statuses.push((await create(call)).status)
  assert.deepEqual(statuses, [200, 500, 500, 200])
})

test('given a fault chosen by body when another body comes then it passes', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  sandbox.fault({ match: { body: (json) => JSON.stringify(json).includes('Иван') }, do: { kind: 'unpaid' } })
  assert.equal((await call('POST', '/api/v4/contacts', [{ name: 'Пётр' }])).status, 200)
  assert.equal((await create(call)).status, 402)
})

const answered: readonly (readonly [FaultAction, number, string, number])[] = [
  [{ kind: 'throttled' }, 429, 'text/html', 0],
  [{ kind: 'unpaid' }, 402, 'application/problem+json', 0],
  [{ kind: 'unauthorized' }, 401, 'application/problem+json', 0],
  [{ kind: 'blocked' }, 403, 'text/html', 0],
  [{ kind: 'server-error' }, 500, 'application/problem+json', 0],
  [{ kind: 'server-error', execution: 'executed' }, 500, 'application/problem+json', 1],
  [{ kind: 'bad-gateway' }, 502, 'text/html', 0],
  [{ kind: 'bad-gateway', execution: 'executed' }, 502, 'text/html', 1],
  [{ kind: 'gateway-timeout' }, 504, 'text/html', 0],
  [{ kind: 'gateway-timeout', execution: 'not-executed' }, 504, 'text/html', 0],
  [{ kind: 'gateway-timeout', execution: 'executed' }, 504, 'text/html', 1],
]

test.each(answered)('given fault %o then %i %s and %i contacts are stored', async (action, status, type, stored) => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  sandbox.fault({ do: action })
  const reply = await create(call)
  assert.equal(reply.status, status)
  assert.equal(reply.type, type)
  assert.equal(sandbox.contacts().length, stored)
  assert.equal(sandbox.requests()[0]?.executed, stored === 1)
})

test('given a 504 that is executed late when the time has come then the contact appears, dated then', async () => {
  const { sandbox, call, advance, seconds } = await testSandbox()
  await using _ = sandbox
  sandbox.fault({ do: { kind: 'gateway-timeout', execution: { executedAfterMs: 20_000 } } })
  assert.equal((await create(call)).status, 504)
  advance(19_999)
  assert.equal(sandbox.contacts().length, 0)
  assert.equal(sandbox.requests()[0]?.executed, false)
  advance(1)
  assert.equal(sandbox.contacts()[0]?.createdAt, seconds())
  assert.equal(sandbox.requests()[0]?.executed, true)
})

test.each([
  ['not-executed', 0],
  ['executed', 1],
] as const)(
  'given a connection reset, %s, then the client sees no answer and %i contacts are stored',
  async (execution, stored) => {
    const { sandbox, call } = await testSandbox()
    await using _ = sandbox
    sandbox.fault({ match: { method: 'POST' }, do: { kind: 'reset', execution } })
    await assert.rejects(create(call))
    assert.equal(sandbox.contacts().length, stored)
    assert.equal(sandbox.requests()[0]?.status, undefined)
  },
)

test.each([
  ['not-executed', 0],
  ['executed', 1],
] as const)(
  'given a request left hanging, %s, then nothing is answered and %i contacts are stored',
  async (execution, stored) => {
    const { sandbox } = await testSandbox()
    await using _ = sandbox
    sandbox.fault({ do: { kind: 'hang', execution } })
    const request = fetch(`${sandbox.url}/api/v4/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: '[{"name":"Иван"}]',
      signal: AbortSignal.timeout(100),
    })
    await assert.rejects(request, { name: 'TimeoutError' })
    assert.equal(sandbox.contacts().length, stored)
  },
)

test('given a delay when the clock passes it then the answer comes and the work is done only then', async () => {
  const { sandbox, call, advance } = await testSandbox()
  await using _ = sandbox
  sandbox.fault({ do: { kind: 'delay', ms: 3000 } })
  const reply = create(call)
  while (sandbox.pending() === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  assert.equal(sandbox.contacts().length, 0)
  advance(3000)
  assert.equal((await reply).status, 200)
  assert.equal(sandbox.contacts().length, 1)
})

test('given broken JSON then the status promises success and the work is done', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  sandbox.fault({ do: { kind: 'malformed' } })
  const reply = await create(call)
  assert.equal(reply.status, 200)
  assert.equal(reply.type, 'application/hal+json')
  assert.throws(() => JSON.parse(reply.text))
  assert.equal(sandbox.contacts().length, 1)
})

test('given an answer cut off on its way then the client sees a broken body and the work is done', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  sandbox.fault({ do: { kind: 'truncated' } })
  await assert.rejects(create(call))
  assert.equal(sandbox.contacts().length, 1)
  assert.deepEqual(
    sandbox.requests().map(({ status, executed }) => [status, executed]),
    [[200, true]],
  )
})

test('given a fault for some minutes when they are over then it is gone', async () => {
  const { sandbox, call, advance, seconds } = await testSandbox()
  await using _ = sandbox
  const from = (seconds() + 60) * 1000
  sandbox.fault({ match: { from, until: from + 60_000 }, times: Infinity, do: { kind: 'reset' } })
  assert.equal((await create(call)).status, 200)
  advance(60_000)
  await assert.rejects(create(call))
  advance(59_999)
  await assert.rejects(create(call))
  advance(1)
  assert.equal((await create(call)).status, 200)
})

test('given a revocation and a lasting block then they outlive the request they hit', async () => {
  const { sandbox, call, advance } = await testSandbox()
  await using _ = sandbox
  const token = sandbox.issueToken({ user: 7000001, admin: true })
  sandbox.fault({ do: { kind: 'unauthorized', forever: true } })
  assert.equal((await call('GET', '/api/v4/account', undefined, token)).status, 401)
  assert.equal((await call('GET', '/api/v4/account', undefined, token)).status, 401)
  sandbox.fault({ do: { kind: 'blocked', ms: 60_000 } })
  assert.equal((await call('GET', '/api/v4/account')).status, 403)
  advance(59_999)
  assert.equal((await call('GET', '/api/v4/account')).status, 403)
  sandbox.unblock()
  assert.equal((await call('GET', '/api/v4/account')).status, 200)
})
