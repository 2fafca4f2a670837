import assert from 'node:assert/strict'
import { test } from 'vitest'
import { ids, list, pick, testSandbox } from './_client.ts'

test('given a pace when items are written or read then an answer takes the base and so much an item', async () => {
  const setup = await testSandbox({ latency: { baseMs: 150, perItemMs: 3 } })
  await using sandbox = setup.sandbox
  const answersAfter = async (work: Promise<unknown>): Promise<number> => {
    while (sandbox.pending() === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    const due = sandbox.nextDue() ?? 0
    const ms = due - setup.seconds() * 1000
    setup.advance(ms)
    await work
    setup.advance(1000 - (ms % 1000))
    return ms
  }
  const fifty = Array.from({ length: 50 }, () => ({ name: 'Иван' }))
  assert.equal(await answersAfter(setup.call('POST', '/api/v4/contacts', fifty)), 300)
  assert.equal(await answersAfter(setup.call('GET', '/api/v4/contacts?limit=20')), 210)
  assert.equal(await answersAfter(setup.call('GET', '/api/v4/contacts/501')), 153)
  assert.equal(await answersAfter(setup.call('GET', '/api/v4/contacts/999')), 150)
  assert.equal(await answersAfter(setup.call('GET', '/api/v4/nothing')), 150)
})

test('given two tokens of one integration then they share seven requests a second; another one has its own', async () => {
  const { sandbox, call } = await testSandbox({ rateLimit: {} })
  await using _ = sandbox
  const { access_token: second } = sandbox.oauth.issuePair({ user: 7000001, admin: true })
  const other = sandbox.issueToken({ user: 7000001, admin: true })
  const statuses = async (count: number, ...tokens: string[]) => {
    const seen: number[] = []
    for (let sent = 0; sent < count; sent += 1)
      seen.push((await call('GET', '/api/v4/account', undefined, tokens[sent % tokens.length])).status)
    return seen
  }
  assert.deepEqual(await statuses(8, sandbox.token, second), [200, 200, 200, 200, 200, 200, 200, 429])
  assert.deepEqual(await statuses(1, other), [200])
})

test('given fifty requests of many integrations in a second then the account is throttled as a whole', async () => {
  const { sandbox, call } = await testSandbox({ rateLimit: {} })
  await using _ = sandbox
  let throttled = 0
  for (let sent = 0; sent < 51; sent += 1) {
    const token = sandbox.issueToken({ user: 7000001, admin: true })
    if ((await call('GET', '/api/v4/account', undefined, token)).status === 429) throttled += 1
  }
  assert.equal(throttled, 1)
})

test('given a big account when a window is walked and phones are looked up then nothing is missed or told twice', async () => {
  const { sandbox, call, seconds } = await testSandbox()
  await using _ = sandbox
  const before = seconds() - 20_000
  sandbox.addContacts(20_000, (index) => ({
    name: `К${index}`,
    phones: [`+7922${1_000_000 + index}`],
    createdAt: before + index,
  }))
  assert.deepEqual(sandbox.events(), [])
  const seen = new Set<unknown>()
  let rows = 0
  const window = `filter[created_at][from]=${before + 4000}&filter[created_at][to]=${before + 8999}`
  let path: string | undefined = `/api/v4/contacts?limit=250&order[id]=asc&${window}`
  while (path !== undefined) {
    const page = await call('GET', path)
    for (const id of ids(page, 'contacts')) seen.add(id)
    rows += ids(page, 'contacts').length
    const next = pick(page.json, '_links.next.href')
    path = typeof next === 'string' ? next.slice(sandbox.url.length) : undefined
  }
  assert.deepEqual([seen.size, rows], [5000, 5000])
  const found = await call('GET', '/api/v4/contacts?query=9221019999')
  assert.deepEqual(ids(found, 'contacts'), [20_500])
  const noted = await call('POST', '/api/v4/calls', [
    { direction: 'inbound', phone: '89221000007', duration: 1, source: 'x' },
  ])
  assert.equal(pick(list(noted.json, '_embedded.calls')[0], 'entity_id'), 508)
})
