import type { OutboundCall, TrunkCallResult } from '../lab/sipp-log.ts'
import type { CallKind, PlannedCalls } from './campaign-plan.ts'

/** What client and phone went through, by SIPp's own logs. Instants are epoch milliseconds. */
export interface ExperiencedCall {
  readonly number: string
  readonly kind: CallKind
  readonly direction: 'in' | 'out'
  readonly beganAt: number
  /** Of a call nobody ended: when its last sign of life came. */
  readonly endedAt: number
  /** Something came back from the PBX, or a phone was called. */
  readonly reached: boolean
  readonly answered: boolean
  readonly answeredAt?: number
  /** Of talking; absent where somebody did not see the end. */
  readonly seconds?: number
  /** The extension that answered, or was told to dial. */
  readonly person?: string
  /** The extension that was called last. */
  readonly rang?: string
}

/** Calls of one SIPp that began at `since`, and what the phones say of them. */
export function experiencedInbound(
  { kind, numbers }: PlannedCalls,
  results: readonly TrunkCallResult[],
  since: number,
  phones: readonly OutboundCall[],
): ExperiencedCall[] {
  return results.flatMap((result, index) => {
    const number = numbers[index]
    if (number === undefined) return []
    const legs = phones.filter(({ from }) => from === number)
    const rang = legs.at(-1)?.number
    const person = legs.find(({ answered }) => answered)?.number
    const beganAt = since + result.invitedAt
    const { answeredAfterMs, durationMs, endedBy } = result
    const talked = answeredAfterMs !== undefined && endedBy !== 'nobody' ? durationMs - answeredAfterMs : undefined
    return {
      ...{ number, kind, direction: 'in', beganAt, endedAt: beganAt + durationMs },
      ...{ reached: result.finalStatus > 0 || legs.length > 0, answered: result.answered },
      ...(answeredAfterMs !== undefined && { answeredAt: beganAt + answeredAfterMs }),
      ...(talked !== undefined && { seconds: talked / 1000 }),
      ...(person !== undefined && { person }),
      ...(rang !== undefined && { rang }),
    }
  })
}

/** A call that `person` was told to make. */
export function experiencedOutbound(
  number: string,
  person: string,
  began: number,
  phones: readonly OutboundCall[],
  since: number,
): ExperiencedCall {
  const far = phones.find((call) => call.number === number)
  const beganAt = far ? since + far.invitedAt : began
  return {
    ...{ number, kind: 'outbound', direction: 'out', beganAt, endedAt: beganAt + 500 + (far?.talkedMs ?? 0) },
    ...{ reached: far !== undefined, answered: far?.answered ?? false, person },
    ...(far?.answered && { answeredAt: beganAt + 200 }),
    ...(far?.talkedMs !== undefined && { seconds: far.talkedMs / 1000 }),
  }
}
