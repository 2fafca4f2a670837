import type { StoredCallNote } from '../crm/port.ts'
import type { Difference } from './finding.ts'
import type { WrittenNote } from './registration-port.ts'

/** The CRM keeps whole seconds, and so did we send them. */
const TOLERANCE_SECONDS = 1

/** What a note in the CRM tells otherwise than we sent it. What the CRM does not tell, or never took, is no difference. */
export function noteDifferences(sent: WrittenNote, stored: StoredCallNote): readonly Difference[] {
  const found: Difference[] = []
  const add = (what: Difference['what'], ours: string | number, theirs: string | number) =>
    found.push({ between: 'crm', what, ours, theirs })
  if (stored.direction !== sent.direction) add('direction', sent.direction, stored.direction)
  if (Math.abs(stored.talkSeconds - sent.talkSeconds) > TOLERANCE_SECONDS)
    add('seconds', sent.talkSeconds, stored.talkSeconds)
  if (stored.status !== undefined && stored.status !== sent.status) add('status', sent.status, stored.status)
  // A dismissed user's note is written without the user.
  const { person = '' } = stored
  if (person !== '' && sent.person !== '' && person !== sent.person) add('person', sent.person, person)
  return found
}
