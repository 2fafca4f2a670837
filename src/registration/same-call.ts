import type { Call } from '../calls/call.ts'
import type { JournalEntry } from '../store/ports.ts'

/** CEL keeps whole seconds. */
const ROUNDING_MS = 1000

/** A call as it was told. */
export interface Telling {
  readonly clientKey: string
  /** When its client came; the colleague who dialled may have been on the line since an earlier call. */
  readonly since: number
  readonly endedAt: number
  /** Its client was forgotten, by age or by request: whoever it was, this is the lock of that time. */
  readonly forgotten?: boolean
}

/**
 * Whether two calls told under one linkedid are one: the same client at the same time. Who begins in the middle (after a restart)
 * overlaps. A telling without a client is part of a row that has one, but not the other way round: a row without a client left
 * nothing in the CRM, so nothing can be doubled.
 */
export function isSameCall(row: Telling, told: Telling): boolean {
  if (told.clientKey !== '' && told.clientKey !== row.clientKey && !row.forgotten) return false
  return told.since <= row.endedAt + ROUNDING_MS && row.since <= told.endedAt + ROUNDING_MS
}

/** What a journal row tells. */
export function tellingOf({ clientKey, startedAt, endedAt, call }: JournalEntry): Telling {
  return { clientKey, since: clientSince(call) ?? startedAt, endedAt, forgotten: isForgotten(call) }
}

/** Rows come back from the disk as JSON of any version. */
function clientSince(call: unknown): number | undefined {
  const known: Partial<Record<keyof Call, unknown>> = typeof call === 'object' && call !== null ? call : {}
  return typeof known.clientSince === 'number' ? known.clientSince : undefined
}

/** The store takes the client out of old calls, and of persons who ask for it. */
export function isForgotten(call: unknown): boolean {
  return typeof call === 'object' && call !== null && 'forgotten' in call && call.forgotten === true
}
