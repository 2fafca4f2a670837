import type { FailureReason } from './outcome.ts'
import type { ClickRequest, Lang } from './schema.ts'

export type ClickState = 'starting' | 'ringing-you' | 'calling-client' | 'answered' | 'failed'

/** One call that a person asked for in the CRM, as far as it has come. */
export interface Click {
  /** Id of the person's channel, and of the call. At most 30 characters. */
  readonly call: string
  /** Whose phone rings. */
  readonly extension: string
  /** The client's number in E.164, or a colleague's extension. */
  readonly number: string
  readonly requestId: string | undefined
  readonly entity: ClickRequest['entity']
  readonly lang: Lang
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly state: ClickState
  readonly reason?: FailureReason
  /** Q.850. */
  readonly cause?: number
}

const order: Readonly<Record<ClickState, number>> = {
  starting: 0,
  'ringing-you': 1,
  'calling-client': 2,
  answered: 3,
  failed: 3,
}

/** Whether a click in state `from` can come to `to`: it never goes back, and what has ended stays as it is. */
export function goesOn(from: ClickState, to: ClickState): boolean {
  return order[to] > order[from]
}
