import type { CrmUser } from '../crm/port.ts'

/** What a new list of the CRM's users tells that the one before did not. Ids. */
export interface UserChanges {
  readonly added: readonly number[]
  /** Dismissed: inactive now, or gone from the list. */
  readonly dismissed: readonly number[]
  /** Active again. */
  readonly returned: readonly number[]
  /** Another name, or other rights. */
  readonly changed: readonly number[]
}

export function userChanges(before: readonly CrmUser[], after: readonly CrmUser[]): UserChanges {
  const old = new Map(before.map((user) => [user.id, user]))
  const fresh = new Map(after.map((user) => [user.id, user]))
  const idsOf = (users: readonly CrmUser[], fits: (user: CrmUser, was: CrmUser | undefined) => boolean) =>
    users.filter((user) => fits(user, old.get(user.id))).map(({ id }) => id)
  return {
    added: idsOf(after, (_, was) => was === undefined),
    dismissed: before.filter(({ id, active }) => active && fresh.get(id)?.active !== true).map(({ id }) => id),
    returned: idsOf(after, ({ active }, was) => was !== undefined && active && !was.active),
    changed: idsOf(
      after,
      (user, was) =>
        was !== undefined && JSON.stringify({ ...was, active: true }) !== JSON.stringify({ ...user, active: true }),
    ),
  }
}

export function isNothing({ added, dismissed, returned, changed }: UserChanges): boolean {
  return added.length + dismissed.length + returned.length + changed.length === 0
}

/** A company may lose so many in one day without anybody wondering. */
const FEW = 3

/**
 * Whether a list can be the truth: one without anybody never is (the token's own user is in it), and one that lost more than half of those who
 * were active is more likely a token that may see less, or an answer cut short.
 */
export function isBelievable(before: readonly CrmUser[], after: readonly CrmUser[]): boolean {
  const activeAfter = new Set(after.filter(({ active }) => active).map(({ id }) => id))
  if (activeAfter.size === 0) return false
  const activeBefore = before.filter(({ active }) => active)
  const lost = activeBefore.filter(({ id }) => !activeAfter.has(id)).length
  return lost <= FEW || lost <= activeBefore.length / 2
}
