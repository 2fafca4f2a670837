import type { IndexedLead } from '../store/crm-state-ports.ts'
import type { IndexedClient } from '../store/ports.ts'
import type { Candidate, RouteStep } from './candidate.ts'

/** What is known of a caller. */
export interface CallerFacts {
  /** Everybody who has the number in the CRM, oldest first. */
  readonly clients: readonly IndexedClient[]
  /** Their open leads, the one changed last first. */
  readonly leads: readonly Pick<IndexedLead, 'owner'>[]
  /** Who talked with the number last. */
  readonly lastTalk: { readonly extension: string } | undefined
}

/** Everybody a line's order names for a caller, the first first. Somebody named twice comes twice: the reason differs. Pure. */
export function candidatesFor(
  order: readonly RouteStep[],
  { clients, leads, lastTalk }: CallerFacts,
  list: readonly string[],
): readonly Candidate[] {
  const owners = (kind: IndexedClient['kind'], named: Candidate['named']) =>
    clients.flatMap((client) => (client.kind === kind ? ownedBy(client.owner, named) : []))
  return order.flatMap((step): readonly Candidate[] => {
    switch (step) {
      case 'lead':
        return leads.flatMap(({ owner }) => ownedBy(owner, 'owner-of-open-lead'))
      case 'contact':
        return owners('contact', 'owner-of-contact')
      case 'company':
        return owners('company', 'owner-of-company')
      case 'last-talked':
        return lastTalk ? [{ named: 'talked-last', extension: lastTalk.extension }] : []
      case 'list':
        return list.map((extension) => ({ named: 'list-of-line', extension }))
      default:
        return step satisfies never
    }
  })
}

/** The CRM says 0 where nobody owns. */
function ownedBy(user: number, named: Candidate['named']): readonly Candidate[] {
  return user > 0 ? [{ named, user }] : []
}
