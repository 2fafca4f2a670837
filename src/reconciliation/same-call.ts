import type { Call } from '../calls/call.ts'
import { phoneKey } from '../numbers/phone-number.ts'

/** Whole-second times, and the ends that nobody saw. */
const SLACK_MS = 2_000

/** What two tellings are compared by. */
export type Telling = Pick<Call, 'id' | 'linkedids' | 'client' | 'startedAt' | 'clientSince' | 'endedAt'>

/** Whether two witnesses may speak of the same call: channels in common, at the same time. One that has not ended goes on for ever. */
export function overlap(a: Telling, b: Telling): boolean {
  if (!a.linkedids.some((id) => b.linkedids.includes(id))) return false
  return since(a) <= until(b) + SLACK_MS && since(b) <= until(a) + SLACK_MS
}

/** Whether they do: the same client as well, as far as both know one. */
export function tellSame(a: Telling, b: Telling): boolean {
  if (!overlap(a, b)) return false
  const [one, other] = [phoneKey(a.client) ?? a.client, phoneKey(b.client) ?? b.client]
  return a.id === b.id || one === '' || other === '' || one === other
}

function since({ clientSince, startedAt }: Telling): number {
  return clientSince ?? startedAt
}

function until({ endedAt }: Telling): number {
  return endedAt ?? Number.POSITIVE_INFINITY
}
