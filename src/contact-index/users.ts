import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CrmError, CrmForbidden } from '../crm/errors.ts'
import type { Crm, CrmUser } from '../crm/port.ts'
import type { Settings } from '../store/ports.ts'
import { isBelievable, isNothing, type UserChanges, userChanges } from './user-changes.ts'

/** The CRM's users as they were last read. Every question is answered from memory. */
export interface CrmUsers {
  get(id: number): CrmUser | undefined
  /** Those who were dismissed, too. */
  all(): readonly CrmUser[]
  /** No user to whom anything can be given: dismissed, or never heard of. Nobody is, before the first list has been read. */
  isDismissed(id: number): boolean
  /** Calls back with what a new list changed; the returned function ends that. */
  onChange(react: (changes: UserChanges) => void): () => void
}

export interface CrmUsersSync extends CrmUsers {
  /** Reads the users now and then until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
  status(): CrmUsersStatus
}

export interface CrmUsersStatus {
  readonly active: number
  readonly dismissed: number
  /** When the list was last read and believed, epoch milliseconds. */
  readonly readAt: number | undefined
  /** Why the last read was not taken. */
  readonly trouble: string | undefined
}

export interface CrmUsersDeps {
  readonly crm: Pick<Crm, 'users'>
  /** Outlives a restart: routing knows who was dismissed before the CRM answers. */
  readonly settings: Settings
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  /** Seconds between two looks. */
  readonly every: number
}

const SETTING = 'contact-index.users'
/** A list that lost most people is believed when it was read so often in a row. */
const SAME_IN_A_ROW = 3
/** Nothing goes wrong while the list is old: the CRM itself refuses a dismissed user. */
const FAILURE_REST_MS = 60_000

/** Follows the CRM's users. One failed, empty or cut-short read never empties the list. @throws StoreError */
export async function createCrmUsers({ crm, settings, now, log, every }: CrmUsersDeps): Promise<CrmUsersSync> {
  let known = await stored()
  let readAt: number | undefined
  let trouble: string | undefined
  let doubted: { readonly list: string; readonly times: number } | undefined
  const listeners = new Set<(changes: UserChanges) => void>()

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const rest = await round(signal)
      await sleep(rest, undefined, { signal }).catch(() => undefined)
    }
  }

  async function round(signal: AbortSignal): Promise<number> {
    try {
      await take(await crm.users(signal))
      return every * 1000
    } catch (error) {
      if (signal.aborted) return 0
      tell(error instanceof CrmForbidden ? `${error.message}; ${CURE}` : String(error), { err: error })
      const asked = error instanceof CrmError ? (error.restMs ?? 0) : 0
      return Math.max(asked, error instanceof CrmForbidden ? every * 1000 : FAILURE_REST_MS)
    }
  }

  async function take(users: readonly CrmUser[]): Promise<void> {
    if (!isBelievable(known.values().toArray(), users) && !insists(users)) {
      const counts = { read: users.length, known: known.size }
      return tell('the CRM shows far fewer users than before; the list known so far is kept', counts)
    }
    // Who is gone from the list stays known, as dismissed: their name and their calls are still asked for.
    const gone = known.values().filter(({ id }) => users.every((user) => user.id !== id))
    const next = [...users, ...gone.map((user) => ({ ...user, active: false }))]
    const changes = userChanges(known.values().toArray(), next)
    readAt = now()
    trouble = undefined
    doubted = undefined
    if (isNothing(changes)) return
    await settings.set(SETTING, JSON.stringify(next))
    known = byId(next)
    log.info({ ...changes, active: next.filter(({ active }) => active).length }, 'users of the CRM have changed')
    for (const react of listeners) react(changes)
  }

  /** Half of a company may really be dismissed. */
  function insists(users: readonly CrmUser[]): boolean {
    if (users.every(({ active }) => !active)) return false
    const list = JSON.stringify(users.map(({ id, active }) => [id, active]))
    doubted = { list, times: doubted?.list === list ? doubted.times + 1 : 1 }
    return doubted.times >= SAME_IN_A_ROW
  }

  /** The same trouble is logged once. */
  function tell(message: string, fields: object): void {
    if (trouble !== message) log.warn({ ...fields, trouble: message }, 'the users of the CRM could not be read')
    trouble = message
  }

  async function stored(): Promise<ReadonlyMap<number, CrmUser>> {
    const text = await settings.get(SETTING)
    if (text === undefined) return new Map()
    return byId(z.array(StoredUser).catch([]).parse(JSON.parse(text)))
  }

  return {
    get: (id) => known.get(id),
    all: () => known.values().toArray(),
    isDismissed: (id) => known.size > 0 && known.get(id)?.active !== true,
    onChange(react) {
      listeners.add(react)
      return () => void listeners.delete(react)
    },
    run,
    status: () => {
      const active = known.values().filter((user) => user.active)
      const count = active.toArray().length
      return { active: count, dismissed: known.size - count, readAt, trouble }
    },
  }
}

const CURE = 'let an administrator of the account make the token; until then nobody is known to be dismissed'

const Reach = z.enum(['all', 'group', 'own', 'none'])
const Rights = z.object({ view: Reach, edit: Reach, add: Reach })
const StoredUser = z.object({
  id: z.number(),
  name: z.string(),
  active: z.boolean(),
  admin: z.boolean(),
  rights: z.object({ contacts: Rights, leads: Rights }),
}) satisfies z.ZodType<CrmUser>

function byId(users: readonly CrmUser[]): ReadonlyMap<number, CrmUser> {
  return new Map(users.map((user) => [user.id, user]))
}
