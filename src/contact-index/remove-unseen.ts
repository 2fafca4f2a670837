/** What an index holds of one kind, after a pass has read all there is. */
export interface Shelf<T> {
  readonly count: () => Promise<number>
  /** Those the pass did not meet. */
  readonly unseen: (limit: number) => Promise<readonly T[]>
  /** Those of a few whom the CRM does not show when asked by id; the others count as met. @throws CrmError */
  readonly goneAmong: (some: readonly T[], signal: AbortSignal) => Promise<readonly T[]>
  readonly remove: (one: T) => Promise<void>
  readonly nameOf: (one: T) => string
}

export type Removal =
  | { readonly kind: 'removed'; readonly count: number }
  /** So much cannot be believed: a token that may see nobody gets the same answers as one of an account without clients. */
  | { readonly kind: 'kept'; readonly why: 'nobody-read' | 'too-many' }

/** Asked for by id in one request. */
const CHUNK = 100
/** What a clean-up of the CRM on one day may take away from a small account. */
const BELIEVED = 100
const BELIEVED_SHARE = 0.1

/** How many of so many that are indexed may leave in one pass. */
export function mostLeaving(indexed: number): number {
  return Math.max(BELIEVED, Math.floor(indexed * BELIEVED_SHARE))
}

/**
 * Removes whom a pass did not meet, all of them or none. Not having come is no proof: a page may have shifted, and whoever
 * changed while we read moved out of it. Each is asked for by id.
 * @param read how many the pass read; undefined: not known.
 * @throws CrmError, StoreError
 */
export async function removeUnseen<T>(
  { count, unseen, goneAmong, remove, nameOf }: Shelf<T>,
  read: number | undefined,
  signal: AbortSignal,
): Promise<Removal> {
  const indexed = await count()
  if (read === 0 && indexed > 0) return { kind: 'kept', why: 'nobody-read' }
  const most = mostLeaving(indexed)
  const gone = new Map<string, T>()
  for (;;) {
    const unasked = (await unseen(most + 1)).filter((one) => !gone.has(nameOf(one)))
    if (unasked.length === 0) break
    for (let at = 0; at < unasked.length; at += CHUNK) {
      for (const one of await goneAmong(unasked.slice(at, at + CHUNK), signal)) gone.set(nameOf(one), one)
      if (gone.size > most) return { kind: 'kept', why: 'too-many' }
    }
  }
  await Promise.all([...gone.values()].map(remove))
  return { kind: 'removed', count: gone.size }
}
