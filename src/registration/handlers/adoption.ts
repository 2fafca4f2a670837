import type { EntityRef, StoredCallNote } from '../../crm/port.ts'
import { phoneKey } from '../../numbers/phone-number.ts'
import type { CallFacts } from '../call-facts.ts'

/** Two witnesses of one call agree on its start within this (design section 5). */
const SAME_START_MS = 10_000

/**
 * The note that already tells this call: ours by `uniq`, else one that a stranger (another connector, a manager) wrote on the same
 * client with the same direction and a start within ten seconds. Notes of our own with another `uniq` are other calls, so a client
 * who redials within seconds keeps both. Asked for late calls only: a live call is told by us first.
 */
export function adoptableNote(
  stored: readonly StoredCallNote[],
  call: Pick<CallFacts, 'uniq' | 'direction' | 'phone' | 'startedAt'>,
  client: EntityRef,
): StoredCallNote | undefined {
  const own = stored.find((note) => note.uniq === call.uniq)
  if (own) return own
  const pbx = call.uniq.slice(0, call.uniq.indexOf('/') + 1)
  return stored
    .filter((note) => note.entity.kind === client.kind && note.entity.id === client.id)
    .filter((note) => !note.uniq.startsWith(pbx) && note.direction === call.direction)
    .filter((note) => note.phone === '' || phoneKey(note.phone) === phoneKey(call.phone))
    .filter((note) => Math.abs(note.startedAt - call.startedAt) <= SAME_START_MS)
    .toSorted((a, b) => Math.abs(a.startedAt - call.startedAt) - Math.abs(b.startedAt - call.startedAt))[0]
}
