import { z } from 'zod'
import type { CrmUser } from '../crm/port.ts'

/** A user of the CRM as we remember them. */
export interface KnownUser {
  readonly id: number
  readonly name: string
  readonly active: boolean
  readonly admin: boolean
  /** In how many readings one after another the CRM has not shown them. */
  readonly missing: number
}

const StoredUsers = z.array(
  z.object({ id: z.number(), name: z.string(), active: z.boolean(), admin: z.boolean(), missing: z.number() }),
)

/** One list without somebody may be a half list; a second one is not chance. */
const MISSING_IS_GONE = 2

/**
 * What we know after another reading. Nobody is forgotten: who is not shown any more counts as dismissed from the second time on. A list
 * without anybody is no list (the account has at least the user the token belongs to) and changes nothing. Pure.
 */
export function nextUsers(known: readonly KnownUser[], read: readonly CrmUser[]): readonly KnownUser[] {
  if (read.length === 0) return known
  const seen = new Set(read.map(({ id }) => id))
  const here = read.map(({ id, name, active, admin }) => ({ id, name, active, admin, missing: 0 }))
  const absent = known.filter(({ id }) => !seen.has(id)).map((user) => ({ ...user, missing: user.missing + 1 }))
  return [...here, ...absent]
}

export function isDismissed({ active, missing }: KnownUser): boolean {
  return !active || missing >= MISSING_IS_GONE
}

export function readStoredUsers(text: string | undefined): readonly KnownUser[] {
  if (text === undefined) return []
  try {
    return StoredUsers.safeParse(JSON.parse(text)).data ?? []
  } catch {
    return []
  }
}
