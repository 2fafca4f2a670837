import type { CrmError } from './errors.ts'

export type EntityKind = 'contact' | 'company' | 'lead'

export interface EntityRef {
  readonly kind: EntityKind
  readonly id: number
}

/** @typeParam Written what the CRM tells of an item it took. */
export type WriteOutcome<Written = { readonly id: number }> =
  /**
   * `without`: written all the same without what the CRM would not take – a user it does not know (dismissed), or a decoration
   * (custom field, tag, source).
   */
  | ({ readonly kind: 'written'; readonly without?: 'user' | 'decoration' } & Written)
  /** The CRM refused this item; the others were not touched by it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The item points at an entity that is no longer there. */
  | { readonly kind: 'entity-gone'; readonly reason: string }
  /** The request that carried the item failed; the error says whether the item may have been written. */
  | { readonly kind: 'failed'; readonly error: CrmError }
