import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { CrmForbidden, CrmUnreachable } from '../crm/errors.ts'
import type { CrmUser } from '../crm/port.ts'
import { isBelievable, userChanges } from './user-changes.ts'
import { createCrmUsers } from './users.ts'

const all = { view: 'all', edit: 'all', add: 'all' } as const
const user = (id: number, change: Partial<CrmUser> = {}): CrmUser => ({
  ...{ id, name: `Сотрудник ${id}`, active: true, admin: false, rights: { contacts: all, leads: all } },
  ...change,
})
const people = (count: number) => Array.from({ length: count }, (_, at) => user(at + 1))

/** Reads the lists one after the other; the last for ever. An error is thrown. */
async function following(lists: readonly (readonly CrmUser[] | Error)[], kept = new Map<string, string>()) {
  const warnings: string[] = []
  const changes: unknown[] = []
  let reads = 0
  const users = await createCrmUsers({
    crm: {
      users: async () => {
        const next = lists[Math.min(reads++, lists.length - 1)]
        if (next instanceof Error) throw next
        return next ?? []
      },
    },
    settings: { get: async (name) => kept.get(name), set: async (name, value) => void kept.set(name, value) },
    now: () => 1000,
    log: { info: () => undefined, warn: (_fields, message) => void warnings.push(message) },
    every: 0.002,
  })
  users.onChange((change) => changes.push(change))
  const stop = new AbortController()
  const run = users.run(stop.signal)
  for (let n = 0; n < 400 && reads < lists.length + 1 && users.status().trouble === undefined; n++) await sleep(2)
  for (let n = 0; n < 400 && reads < lists.length + 1 && !(lists.at(reads - 1) instanceof Error); n++) await sleep(2)
  stop.abort()
  await run
  return { users, warnings, changes, kept }
}

describe('the users of the CRM', () => {
  test('given a list, then everybody is known, also after a restart without the CRM', async () => {
    const { users, kept } = await following([[user(1), user(2, { active: false })]])
    expect(users.get(1)?.name).toBe('Сотрудник 1')
    expect([1, 2, 3].map(users.isDismissed)).toEqual([false, true, true])
    const again = await following([new CrmUnreachable('away')], kept)
    expect([1, 2].map(again.users.isDismissed)).toEqual([false, true])
    expect(again.warnings).toHaveLength(1)
  })

  test('given nothing read yet, then nobody counts as dismissed', async () => {
    const { users } = await following([new CrmForbidden('no administrator')])
    expect(users.isDismissed(1)).toBe(false)
    expect(users.status().trouble).toMatch(/administrator of the account/)
  })

  test('given somebody who vanishes from the list, then they are dismissed, keep their name, and it is told', async () => {
    const { users, changes } = await following([[user(1), user(2)], [user(1)]])
    expect(users.get(2)).toMatchObject({ name: 'Сотрудник 2', active: false })
    expect(changes).toEqual([
      { added: [1, 2], dismissed: [], returned: [], changed: [] },
      { added: [], dismissed: [2], returned: [], changed: [] },
    ])
  })

  test('given an empty list, then all stay and it is said', async () => {
    const { users, warnings } = await following([people(2), [], [], [], []])
    expect(users.all().filter(({ active }) => active)).toHaveLength(2)
    expect(warnings).toHaveLength(1)
  })

  test('given a much smaller list, then it is believed only when it comes again and again', async () => {
    const once = await following([people(10), people(2), people(10)])
    expect(once.users.status()).toMatchObject({ active: 10, dismissed: 0, trouble: undefined })
    expect(once.warnings).toHaveLength(1)
    const always = await following([people(10), people(2), people(2), people(2)])
    expect(always.users.status()).toMatchObject({ active: 2, dismissed: 8 })
  })
})

test('what a list changes: new, dismissed, returned, renamed', () => {
  const before = [user(1), user(2), user(3, { active: false }), user(4)]
  const after = [user(1, { name: 'Иная' }), user(2, { active: false }), user(3), user(5)]
  expect(userChanges(before, after)).toEqual({ added: [5], dismissed: [2, 4], returned: [3], changed: [1] })
})

test('which list can be believed: three may go at any time, half of many, never everybody', () => {
  expect(isBelievable([], people(1))).toBe(true)
  expect(isBelievable(people(4), people(1))).toBe(true)
  expect(isBelievable(people(10), people(5))).toBe(true)
  expect(isBelievable(people(10), people(4))).toBe(false)
  expect(isBelievable(people(2), [])).toBe(false)
  expect(isBelievable(people(2), [user(1, { active: false })])).toBe(false)
})
