import assert from 'node:assert/strict'
import { test } from 'vitest'
import { testSandbox } from '../_client.ts'
import { dayOfFaults } from './day-of-faults.ts'
import { followFaultDay } from './follow-fault-day.ts'

const startsAt = Date.parse('2026-11-20T08:00:00Z')
const hour = 3_600_000

test('given the same seed then the same day, given another one a different day; every kind of trouble comes', () => {
  assert.deepEqual(dayOfFaults({ seed: 7, startsAt }), dayOfFaults({ seed: 7, startsAt }))
  assert.notDeepEqual(dayOfFaults({ seed: 7, startsAt }), dayOfFaults({ seed: 8, startsAt }))
  const { faults, blows } = dayOfFaults({ seed: 7, startsAt })
  const kinds = new Set(faults.map(({ do: { kind } }) => kind))
  for (const kind of [
    'throttled',
    'gateway-timeout',
    'reset',
    'malformed',
    'truncated',
    'unauthorized',
    'blocked',
  ] as const)
    assert.ok(kinds.has(kind), kind)
  assert.equal(faults.length, 288)
  assert.equal(new Set(blows.map(({ blow }) => blow)).size, 6)
  for (const { match } of faults) assert.ok(match.from >= startsAt && match.until < startsAt + 25 * hour)
})

test('given a day of faults when a client works through it on a virtual clock then trouble comes and goes, without any sleep', async () => {
  const { sandbox, call, advance } = await testSandbox()
  await using _ = sandbox
  const contacts = Array.from({ length: 60 }, (_, index) => sandbox.addContact({ name: `${index}` }))
  const day = dayOfFaults({ seed: 3, startsAt, lastsMs: 8 * hour, perHour: 25 })
  const followed = followFaultDay(sandbox, day, { users: [7000003], contacts: contacts.slice(10) })
  const outcomes = new Map<string, number>()
  const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  for (let minute = 0; minute < 8 * 60; minute += 2) {
    const reply = call('POST', '/api/v4/contacts', [{ name: 'x' }]).then(
      ({ status }) => count(String(status)),
      () => count('broken'),
    )
    // A slow answer waits for the clock.
    const answered = await Promise.race([
      reply.then(() => true),
      new Promise((resolve) => setTimeout(resolve, 20, false)),
    ])
    advance(answered ? 120_000 : 10_000)
    await reply
    if (!answered) advance(110_000)
  }
  for (const outcome of ['200', '401', '403', '429', '500', '502', '504', 'broken'])
    assert.ok((outcomes.get(outcome) ?? 0) > 0, `${outcome} of ${JSON.stringify([...outcomes])}`)
  assert.ok((outcomes.get('200') ?? 0) > 60)
  assert.ok(followed.done.length > 10)
  sandbox.clearFaults()
  sandbox.unblock()
  for (const { blow, ids } of followed.done)
    if (blow === 'delete-contact') assert.equal((await call('GET', `/api/v4/contacts/${ids[0]}`)).status, 204)
})
