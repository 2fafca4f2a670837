import type { EntityKind, EntityRef } from '../../crm/port.ts'
import { type Reason, reason } from './decision.ts'

export interface OwnedEntity extends EntityRef {
  /** CRM user; 0 when nobody. */
  readonly owner: number
}

export interface EntityFacts {
  /** The order of kinds by setting. */
  readonly order: readonly EntityKind[]
  /** Everybody who has the number, the oldest first. */
  readonly clients: readonly OwnedEntity[]
  /** Their open leads, the latest changed first. */
  readonly leads: readonly OwnedEntity[]
  /** Made for this very call. */
  readonly newLead?: OwnedEntity | undefined
  /** The card on which the call was started. */
  readonly clicked?: EntityRef | undefined
  /** CRM user whose call it is, as far as the call itself tells. */
  readonly person?: number | undefined
}

/** Which entity gets the call, and why. `clients` and `leads` together are not empty. */
export function chooseEntity(facts: EntityFacts): { readonly entity: OwnedEntity; readonly why: Reason } | undefined {
  const { order, clients, leads, newLead, clicked, person } = facts
  if (clicked) {
    const known = [...clients, ...leads].find((each) => each.kind === clicked.kind && each.id === clicked.id)
    return told(known ?? { ...clicked, owner: 0 }, 'clicked')
  }
  if (newLead && order.includes('lead')) return told(newLead, 'new-lead')
  const candidates = [...leads, ...clients]
  for (const kind of [...order, 'contact', 'company'] as const) {
    const ofKind = candidates.filter((each) => each.kind === kind)
    const own = person === undefined ? undefined : ofKind.find((each) => each.owner === person)
    if (own && ofKind.length > 1) return told(own, 'owned-by-person', ofKind.length)
    const [first] = ofKind
    if (first) return told(first, ofKind.length > 1 ? 'first-of-several' : 'only-one', ofKind.length)
  }
  return undefined
}

function told(entity: OwnedEntity, code: string, several?: number) {
  return { entity, why: reason('entity', code, { kind: entity.kind, id: entity.id, several }) }
}
