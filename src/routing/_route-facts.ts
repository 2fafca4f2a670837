import type { IndexedClient } from '../store/ports.ts'
import type { Availability, RoutedPerson } from './availability.ts'
import type { LineRule, RouteFacts } from './route.ts'

// A small company: 101…105 are users 1…5 of the CRM, all at their desks.

export const contact: IndexedClient = {
  kind: 'contact',
  id: 501,
  name: 'Иван Петров',
  owner: 1,
  keys: ['9221532327'],
  updatedAt: 0,
}
export const company: IndexedClient = { ...contact, kind: 'company', id: 400, name: 'Ромашка', owner: 2 }

export const line: LineRule = {
  mode: 'on',
  routing: true,
  order: ['lead', 'contact', 'company', 'last-talked', 'list'],
  list: ['105'],
  ringSeconds: 15,
  decisionSeconds: 1.5,
  label: 'Реклама',
  callerName: '{name}',
  whenTalking: 'skip',
  whenUnregistered: 'skip',
}

export interface Standing {
  readonly dismissed?: readonly number[]
  readonly notOn?: readonly string[]
  readonly offDuty?: readonly string[]
  readonly unregistered?: readonly string[]
  readonly undisturbed?: readonly string[]
  readonly talking?: readonly string[]
}

export function office(standing: Standing = {}): Availability {
  const { dismissed = [], notOn = [], offDuty = [], unregistered = [], undisturbed = [], talking = [] } = standing
  const people = new Map<string, RoutedPerson>(
    [1, 2, 3, 4, 5].map((user) => {
      const extension = `10${user}`
      return [
        extension,
        { user, isOn: !notOn.includes(extension), isOnDuty: () => !offDuty.includes(extension) },
      ] as const
    }),
  )
  return {
    extensionOf: (user) => (people.has(`10${user}`) ? `10${user}` : undefined),
    isDismissed: (user) => dismissed.includes(user),
    personAt: (extension) => people.get(extension),
    isUnregistered: (extension) => unregistered.includes(extension),
    isUndisturbed: (extension) => undisturbed.includes(extension),
    isTalking: (extension) => talking.includes(extension),
  }
}

/** A known client with an open lead of 103, a company of 102, who talked with 104 last. */
export function facts(change: Partial<RouteFacts> = {}): RouteFacts {
  return {
    line,
    clients: [company, contact],
    leads: [{ owner: 3 }],
    lastTalk: { extension: '104' },
    displayName: '',
    isStaff: false,
    open: true,
    indexComplete: true,
    people: office(),
    at: 1_000,
    ...change,
  }
}
