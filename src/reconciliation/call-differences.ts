import type { Call, LostField } from '../calls/call.ts'
import { phoneKey } from '../numbers/phone-number.ts'
import type { Difference } from './finding.ts'

/** Two clocks that keep fractions of a second. */
const FRACTIONS_SECONDS = 1
/** A stretch that begins and ends in whole seconds is up to this much longer or shorter. */
const WHOLE_SECONDS = 1.3

/**
 * What CEL tells otherwise than the journal. Hold and menu digits are left out: CEL does not always have them.
 * @param wholeSeconds whether the table keeps no fractions; then each stretch of conversation may be a second off
 */
export function callDifferences(ours: Call, theirs: Call, wholeSeconds: boolean): readonly Difference[] {
  const found: Difference[] = []
  const compare = (what: Difference['what'], one: string | boolean, other: string | boolean) => {
    if (one !== other) found.push({ between: 'witness', what, ours: one, theirs: other })
  }
  const isLost = (field: LostField) => Boolean(ours.lost?.includes(field) || theirs.lost?.includes(field))
  compare('direction', ours.direction, theirs.direction)
  compare('client', phoneKey(ours.client) ?? ours.client, phoneKey(theirs.client) ?? theirs.client)
  compare('answered', ours.answered, theirs.answered)
  if (ours.answered === theirs.answered && !isLost('result')) compare('result', ours.result ?? '', theirs.result ?? '')
  const seconds = wholeSeconds ? WHOLE_SECONDS * stretches(ours, theirs) : FRACTIONS_SECONDS
  if (Math.abs(ours.talkSeconds - theirs.talkSeconds) > seconds)
    found.push({ between: 'witness', what: 'seconds', ours: ours.talkSeconds, theirs: theirs.talkSeconds })
  compare('people', onlyIn(ours, theirs), onlyIn(theirs, ours))
  compare('responsible', ours.responsible, theirs.responsible)
  return found
}

/** How many stretches the seconds add up from, at least: people who talked, and those who were given the call back. */
function stretches(...tellings: readonly Call[]): number {
  const counts = tellings.map(
    ({ people, transfers }) => people.filter(({ talkSeconds }) => talkSeconds > 0).length + transfers.length,
  )
  return Math.max(1, ...counts)
}

/** What a table of whole seconds may lose altogether. */
const SHORTEST_TALK = 1.3

/** Whoever talked in one telling and not at all in the other. */
function onlyIn({ people }: Call, other: Call): string {
  const talked = new Set(other.people.flatMap(({ extension, talkSeconds }) => (talkSeconds > 0 ? [extension] : [])))
  return people
    .filter(({ extension, talkSeconds }) => talkSeconds > SHORTEST_TALK && !talked.has(extension))
    .map(({ extension }) => extension)
    .toSorted()
    .join(' ')
}
