import type { EntityRef } from './entity.ts'

/**
 * What a CRM tells on its own (webhooks). A hint, never the truth: order is not kept, repeats and losses happen, so ids are marked and
 * read back.
 */
export type CrmNotice =
  | { readonly kind: 'changed'; readonly entity: EntityRef }
  | { readonly kind: 'deleted'; readonly entity: EntityRef }
  /** An incoming lead was accepted, declined or deleted; `lead` and `contact` where the notice names them. */
  | {
      readonly kind: 'incoming'
      readonly uid: string
      readonly what: 'added' | 'accepted' | 'declined' | 'deleted'
      readonly lead?: number
    }
  | { readonly kind: 'task'; readonly id: number }

export interface CrmNotices {
  /** Tells the CRM where to send notices, once: what is set up already is left alone. Throws a CrmError. */
  subscribe(url: string, signal: AbortSignal): Promise<'subscribed' | 'was there'>
  /** Whether an address that begins so is subscribed. Throws a CrmError. */
  standing(prefix: string, signal: AbortSignal): Promise<'none' | 'disabled' | 'set up'>
  /** The notices in one delivery; what is not understood is left out. Never throws. */
  read(body: string): readonly CrmNotice[]
}
