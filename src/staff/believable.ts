import type { CrmUser } from '../crm/port.ts'
import { isDismissed, type KnownUser } from './crm-users.ts'

/** A company may lose so many at once without anybody wondering. */
const FEW = 3
/** Half of a company may really have been dismissed: then the CRM goes on saying so. */
const INSISTED = 6

/**
 * Whether a list of users can be the truth. One that lost more than half of those who were there is more likely a token that may suddenly see
 * less, or an answer cut short; it is believed when it comes again and again. Pure.
 * @param times how many lists in a row, this one included, have lost so many
 */
export function isBelievable(known: readonly KnownUser[], read: readonly CrmUser[], times: number): boolean {
  const active = new Set(read.filter((user) => user.active).map(({ id }) => id))
  if (active.size === 0) return false
  const before = known.filter((user) => !isDismissed(user))
  const lost = before.filter(({ id }) => !active.has(id)).length
  return lost <= FEW || lost <= before.length / 2 || times >= INSISTED
}
