import type { Call } from '../calls/call.ts'

/** What a pass needs of registration, in its own words; the composition root joins the two. */
export interface RegistrationPort {
  /** Why the call is not to be registered; undefined when it is. */
  leftOutBecause(call: Call, onDemand: boolean): string | undefined
  /** Through the same registrar as live calls: the journal's row is the lock. @throws StoreError */
  register(call: Call, events: readonly unknown[], how: RegisterHow): Promise<RegisterOutcome>
  /** The note of somebody else tells this call: it is journalled and leaves nothing more in the CRM. @throws StoreError */
  adopt(call: Call, events: readonly unknown[], note: number): Promise<void>
  /** What became of a journalled call's jobs. @throws StoreError */
  standing(callId: string): Promise<Standing>
  /**
   * Tells the notes of a journalled call anew, as a whole: as the outbox wrote them, or with `told` as the better witness tells it; then the
   * journal has that telling, too, and keeps the former one. Resolves with how many notes are told. @throws StoreError
   */
  retell(callId: string, told?: { readonly call: Call; readonly events: readonly unknown[] }): Promise<number>
}

export interface RegisterHow {
  readonly effects: 'quiet' | 'all'
  readonly onDemand: boolean
}

export type RegisterOutcome =
  | { readonly kind: 'registering'; readonly id: string }
  | { readonly kind: 'known' }
  | { readonly kind: 'left-out'; readonly why: string }

/** Where a journalled call stands on its way to the CRM. */
export type Standing =
  /** Nothing was said for it, or so long ago that it is forgotten. */
  | { readonly kind: 'no-jobs' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** It stands in an incoming lead that somebody may still accept or decline. */
  | { readonly kind: 'in-incoming-lead'; readonly lead: number }
  /** The rule makes nobody of an unknown number. */
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'written'
      readonly notes: readonly WrittenNote[]
      /** Epoch milliseconds of our clock. */
      readonly writtenAt: number
      /** How often they were told anew. */
      readonly retellings: number
    }

/** A note as it was sent. */
export interface WrittenNote {
  readonly id: number
  readonly entity: { readonly kind: 'contact' | 'company' | 'lead'; readonly id: number }
  readonly uniq: string
  readonly adopted: boolean
  readonly direction: 'in' | 'out'
  readonly talkSeconds: number
  readonly status: string
  readonly person: string
}
