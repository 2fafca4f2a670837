import type { CallFacts } from '../call-facts.ts'
import type { KindOfCall } from './kind-rule.ts'

/**
 * Which row of the grid a call is in.
 * @param known whether the CRM had the number before the call.
 */
export function kindOfCall(
  { direction, answered, moment }: Pick<CallFacts, 'direction' | 'answered' | 'moment'>,
  known: boolean,
): KindOfCall {
  // What is done while a call lives is done in the hope that it is answered.
  const reached = answered || moment !== 'end'
  if (direction === 'in' && reached) return known ? 'incomingKnown' : 'incomingUnknown'
  if (direction === 'in') return known ? 'missedKnown' : 'missedUnknown'
  if (!reached) return 'outgoingNotReached'
  return known ? 'outgoingKnown' : 'outgoingUnknown'
}
