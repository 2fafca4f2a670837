import type { SkipReason } from './candidate.ts'

/** How people and their phones stand at this moment. Every question is answered at once from memory. */
export interface Availability {
  /** Where a CRM user is reached; undefined for one without a phone here. */
  readonly extensionOf: (user: number) => string | undefined
  readonly isDismissed: (user: number) => boolean
  /** An extension's person; undefined for one that nobody is listed for. */
  readonly personAt: (extension: string) => RoutedPerson | undefined
  readonly isUnregistered: (extension: string) => boolean
  readonly isTalking: (extension: string) => boolean
  readonly isUndisturbed: (extension: string) => boolean
}

export interface RoutedPerson {
  readonly user: number | undefined
  /** In mode `on`. */
  readonly isOn: boolean
  /** Whether calls may be routed to the person at an instant (epoch milliseconds). */
  readonly isOnDuty: (at: number) => boolean
}

export interface Tolerance {
  readonly whenTalking: 'skip' | 'ring'
  readonly whenUnregistered: 'skip' | 'ring'
}

/** Why this extension is not to be rung now; undefined when it is. What lasts longest is told first. */
export function whyNot(
  extension: string,
  people: Availability,
  { whenTalking, whenUnregistered }: Tolerance,
  at: number,
): SkipReason | undefined {
  const person = people.personAt(extension)
  if (person?.user !== undefined && people.isDismissed(person.user)) return 'dismissed'
  if (person && !person.isOn) return 'not-on'
  if (person && !person.isOnDuty(at)) return 'off-duty'
  if (whenUnregistered === 'skip' && people.isUnregistered(extension)) return 'unregistered'
  if (people.isUndisturbed(extension)) return 'do-not-disturb'
  if (whenTalking === 'skip' && people.isTalking(extension)) return 'talking'
  return undefined
}
