import type { TrunkCallOptions } from '../lab/trunk.ts'
import { dids } from './dialplan.ts'

/** One call from each number: asked, rung, answered, hung up by the client. */
export function answeredCalls(
  from: readonly string[],
  rate: number,
  signal: AbortSignal,
  talkMs = 1_500,
): TrunkCallOptions {
  return { from, did: dids.answered, count: from.length, rate, hangUp: 'caller', talkMs, signal }
}
