import type { z } from 'zod'
import { CrmAnswerMalformed, CrmBatchRefused, CrmError, CrmRefused, type ItemError } from '../errors.ts'
import type { WriteOutcome } from '../port.ts'
import type { Api } from './api.ts'
import { Page, WrittenItem } from './schema.ts'
import { type Item, slimmerItem } from './slimmer-item.ts'

interface Pending {
  /** Place in the caller's batch; travels as `request_id`. */
  readonly at: number
  readonly item: Item
  readonly without?: 'user' | 'decoration'
}

/** The CRM's ceiling for an array (reference amocrm.md 2.2). */
const ITEMS_A_REQUEST = 250

/** Halving finds the item an unnamed refusal is about; after this many requests the rest waits for a smaller batch. */
const HALVINGS = 20

/** Where a batch goes: POST creates, PATCH changes. */
export interface Target {
  readonly method: 'POST' | 'PATCH'
  readonly path: string
}

/** How an item of the thin answer is read. */
export interface AnswerItem<Written> {
  /** The list's name under `_embedded`. */
  readonly list: string
  readonly schema: z.ZodType<{ readonly requestId: string; readonly written: Written }>
}

/** Items that come back with their id. */
export function writeBatch(
  api: Api,
  target: Target,
  list: string,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return writeItems(api, target, { list, schema: WrittenItem }, items, signal)
}

/**
 * Writes many items with one request. amoCRM refuses the whole array for one bad item and names it by `request_id` (reference
 * amocrm.md 2.3): the bad ones are settled, the rest is sent again. An item that names a dismissed user or a deleted field goes again
 * without them.
 * @returns one outcome per item, in order
 */
export async function writeItems<Written extends object>(
  api: Api,
  { method, path }: Target,
  answer: AnswerItem<Written>,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome<Written>[]> {
  const outcomes = new Map<number, WriteOutcome<Written>>()
  let halvings = HALVINGS

  async function write(batch: readonly Pending[]): Promise<void> {
    let pending = batch
    while (pending.length > 0) {
      try {
        const body = pending.map(({ at, item }) => ({ ...item, request_id: String(at) }))
        settleWritten(pending, written(await api.send(method, path, body, { signal }), answer))
        return
      } catch (error) {
        if (!(error instanceof CrmRefused)) return settleFailed(pending, error)
        const refused = error
        const left = pending.flatMap((each) => afterRefusal(each, refused))
        if (left.every((each, at) => each === pending[at]) && left.length === pending.length) {
          return await splitUnnamed(pending, refused)
        }
        pending = left
      }
    }
  }

  /** What is to be sent of an item after its batch was refused: the same when it is not the culprit, less of it, or nothing. */
  function afterRefusal(each: Pending, refused: CrmRefused): readonly Pending[] {
    const errors = refused.items.filter((error) => error.item === String(each.at))
    if (errors.length === 0) return [each]
    const slimmer = slimmerItem(each.item, errors)
    if (slimmer) {
      const both = each.without === 'user' || slimmer.without === 'user'
      return [{ at: each.at, item: slimmer.item, without: both ? 'user' : 'decoration' }]
    }
    const reason = errors.map((error) => `${error.path}: ${error.code} ${error.detail}`).join('; ')
    outcomes.set(each.at, { kind: errors.some(isEntityGone) ? 'entity-gone' : 'refused', reason })
    return []
  }

  async function splitUnnamed(pending: readonly Pending[], refused: CrmRefused): Promise<void> {
    if (pending.length === 1) {
      for (const { at } of pending) outcomes.set(at, { kind: 'refused', reason: refused.message })
      return
    }
    if (halvings <= 0) return settleFailed(pending, new CrmBatchRefused(refused.message))
    halvings -= 2
    const middle = Math.ceil(pending.length / 2)
    await write(pending.slice(0, middle))
    await write(pending.slice(middle))
  }

  function settleWritten(pending: readonly Pending[], told: ReadonlyMap<string, Written>): void {
    for (const { at, without } of pending) {
      const item = told.get(String(at))
      const unread = () =>
        new CrmAnswerMalformed(`${method} ${path}: the answer does not mention an item that was sent`)
      outcomes.set(
        at,
        item === undefined
          ? { kind: 'failed', error: unread() }
          : { kind: 'written', ...item, ...(without && { without }) },
      )
    }
  }

  function settleFailed(pending: readonly Pending[], error: unknown): void {
    if (!(error instanceof CrmError)) throw error
    for (const { at } of pending) outcomes.set(at, { kind: 'failed', error })
  }

  const all = items.map((item, at) => ({ at, item }))
  for (let from = 0; from < all.length; from += ITEMS_A_REQUEST) await write(all.slice(from, from + ITEMS_A_REQUEST))
  return items.map(
    (_, at) => outcomes.get(at) ?? { kind: 'failed', error: new CrmAnswerMalformed(`${method} ${path}`) },
  )
}

function written<Written>(json: unknown, { list, schema }: AnswerItem<Written>): ReadonlyMap<string, Written> {
  const page = Page.safeParse(json)
  const items = page.success ? (page.data._embedded[list] ?? []) : []
  return new Map(
    items.flatMap((item) => {
      const parsed = schema.safeParse(item)
      return parsed.success ? [[parsed.data.requestId, parsed.data.written] as const] : []
    }),
  )
}

/** What an item stands on: the entity of a note or task, the client of a lead, the entity a change is for. */
const GROUND: ReadonlySet<string> = new Set(['entity_id', 'id', '_embedded.contacts.0.id', '_embedded.companies.0.id'])

function isEntityGone(error: ItemError): boolean {
  return GROUND.has(error.path) && error.code === 'NotSupportedChoice'
}
