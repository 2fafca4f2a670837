import { expect, test } from 'vitest'
import { isDismissed, nextUsers } from './crm-users.ts'

const all = { view: 'all', edit: 'all', add: 'all' } as const
const user = (id: number, active = true) => ({
  ...{ id, name: `User ${id}`, active, admin: false },
  rights: { contacts: all, leads: all },
})
const dismissed = (users: ReturnType<typeof nextUsers>) => users.filter(isDismissed).map(({ id }) => id)

test('given a user who is not active any more, when read, then they are dismissed, and back when they are active again', () => {
  const first = nextUsers([], [user(1), user(2)])
  const second = nextUsers(first, [user(1), user(2, false)])
  expect([dismissed(first), dismissed(second), dismissed(nextUsers(second, [user(1), user(2)]))]).toEqual([[], [2], []])
})

test('given a list that shows somebody no more, when that happens once, then nothing follows; the second time they are gone', () => {
  const first = nextUsers([], [user(1), user(2)])
  const once = nextUsers(first, [user(1)])
  const twice = nextUsers(once, [user(1)])
  expect([dismissed(once), dismissed(twice)]).toEqual([[], [2]])
  expect(dismissed(nextUsers(nextUsers(once, [user(1), user(2)]), [user(1)]))).toEqual([])
})

test('given a list without anybody, when read, then what was known stays', () => {
  const known = nextUsers([], [user(1)])
  expect(nextUsers(known, [])).toBe(known)
})
