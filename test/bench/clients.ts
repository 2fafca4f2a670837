import { phoneKey } from '../../src/numbers/phone-number.ts'
import type { IndexedClient } from '../../src/store/ports.ts'
import { openStore } from '../../src/store/sqlite/open-store.ts'
import type { Hands } from '../amocrm-sandbox/state/hands.ts'

export const PHONES: readonly string[] = Array.from({ length: 10 }, (_, index) => `11${index}`)

/** Numbers of clients the CRM knows begin so; nobody else's do. */
export const KNOWN_PREFIX = '+7922'

export interface BenchPerson {
  readonly extension: string
  readonly name: string
  readonly user: number
  readonly token: string
}

/** One person a phone. */
export function benchStaff(): readonly BenchPerson[] {
  return PHONES.map((extension) => ({
    extension,
    name: `Person ${extension}`,
    user: 7_000_100 + Number(extension),
    token: `card-token-of-bench-${extension}`,
  }))
}

export interface CallerNumbers {
  /** In the CRM and in the index. */
  readonly known: readonly string[]
  /** The next `count` numbers nobody has called from yet. */
  fresh(count: number): readonly string[]
  /** Known and fresh ones in turn. */
  mixed(count: number): readonly string[]
}

export function callerNumbers(known: number): CallerNumbers {
  const numbers = Array.from({ length: known }, (_, index) => `${KNOWN_PREFIX}${String(1_000_000 + index * 37)}`)
  let used = 0
  const fresh = (count: number) => Array.from({ length: count }, () => `+7903${String(1_000_000 + used++ * 13)}`)
  const mixed = (count: number) => {
    const unknown = fresh(Math.ceil(count / 2))
    return Array.from({ length: count }, (_, index) =>
      index % 2 === 0 ? (numbers[(index / 2) % known] ?? '') : (unknown[(index - 1) / 2] ?? ''),
    )
  }
  return { known: numbers, fresh, mixed }
}

/** The people and the known clients enter the CRM; `ids` learns the clients' ids by number. */
export function seedClients(
  hands: Hands,
  staff: readonly BenchPerson[],
  known: readonly string[],
  ids: Map<string, number>,
): void {
  for (const { name, user } of staff) hands.addUser({ name, id: user })
  known.forEach((phone, index) => {
    const owner = staff[index % staff.length]?.user ?? 0
    ids.set(phone, hands.addContact({ name: `Known client ${index}`, phones: [phone], owner }))
  })
}

export interface IndexFill {
  readonly file: string
  /** Ids of those who are in the CRM, by number. */
  readonly clients: ReadonlyMap<string, number>
  readonly staff: readonly BenchPerson[]
  readonly total: number
}

/** Fills the service's index as its first fill would have, without the minute that the CRM's pages take. */
export async function fillIndex({ file, clients, staff, total }: IndexFill): Promise<void> {
  await using store = await openStore({ file })
  const now = Date.now()
  const entry = (id: number, name: string, phone: string, index: number): IndexedClient => ({
    kind: 'contact',
    id,
    name,
    owner: staff[index % staff.length]?.user ?? 0,
    keys: [phoneKey(phone) ?? phone],
    updatedAt: now,
  })
  const known = [...clients].map(([phone, id], index) => entry(id, `Known client ${index}`, phone, index))
  const others = Array.from({ length: total - known.length }, (_, index) =>
    entry(50_000_000 + index, `Клиент номер ${index}`, `+7951${String(1_000_000 + index * 11)}`, index),
  )
  const all = [...known, ...others]
  for (let from = 0; from < all.length; from += 2_000) await store.contactIndex.upsert(all.slice(from, from + 2_000))
  await store.contactIndex.saveProgress({ complete: true, cursor: now })
}
