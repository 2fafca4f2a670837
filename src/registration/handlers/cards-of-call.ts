import { z } from 'zod'
import type { CallFacts } from '../call-facts.ts'
import { chooseEntity, type EntityFacts, type OwnedEntity } from '../plan/choose-entity.ts'
import type { Reason } from '../plan/decision.ts'
import { type Responsible, type ResponsibleFacts, responsible } from '../plan/responsible.ts'
import type { Policy } from '../rules/kind-rule.ts'
import { clientsOf, type KnownClient } from './client-result.ts'
import type { HandlerDeps, OpenLead } from './handler-deps.ts'
import { peopleOfCall, type RuleOfCall, ruleOf } from './people-of-call.ts'

export type CardsDeps = Pick<HandlerDeps, 'settings' | 'jobs' | 'tokenUser'> & {
  readonly leads: Pick<HandlerDeps['leads'], 'openLeadsOf' | 'recent'>
}

/** Where a call stands in the CRM and whose it is. */
export interface CardsOfCall extends RuleOfCall {
  readonly entity: OwnedEntity
  readonly whyEntity: Reason
  readonly leads: readonly OpenLead[]
  /** Made for this very call. */
  readonly newLead: MadeLead | undefined
  /** Everything policies choose from. */
  readonly people: ResponsibleFacts
  readonly responsible: Responsible
}

export const MadeLead = z.object({ id: z.number(), owner: z.number(), pipeline: z.number(), status: z.number() })
export type MadeLead = z.infer<typeof MadeLead>

const LeadResult = z.object({ made: MadeLead })

/** Brings what `cardsOfCall` reads up to date, once for a batch. @throws CrmError */
export async function freshCards(
  { settings, leads }: CardsDeps,
  clients: readonly KnownClient[],
  signal: AbortSignal,
): Promise<void> {
  if (!settings().entities.includes('lead')) return
  if (clients.some(({ known, how }) => known && how !== 'hidden')) await leads.recent(signal)
}

/** @throws CrmError while nobody is known for calls of nobody. */
export async function cardsOfCall(
  deps: CardsDeps,
  call: CallFacts,
  client: KnownClient,
  signal: AbortSignal,
): Promise<CardsOfCall> {
  const { settings, jobs, leads } = deps
  const { kind, rule } = ruleOf(call, client.known, settings())
  // Whoever waits in unsorted has no card but the contact that waits with them.
  const clients = clientsOf(client)
  const open = client.incoming === undefined && client.how !== 'hidden' ? await leads.openLeadsOf(clients) : []
  const newLead = LeadResult.safeParse((await jobs.get(`${call.uniq}:lead`))?.result).data?.made
  const tokenUser = settings().defaultUser === undefined ? await deps.tokenUser(signal) : undefined
  const people = (cardOwner: number) =>
    peopleOfCall(call, settings(), { rule, draw: client.draw, cardOwner, tokenUser })
  const ofCall = beforeTheCard(rule.responsible)
  const facts: EntityFacts = {
    order: settings().entities,
    clients,
    leads: open.map(({ id, owner }) => ({ kind: 'lead', id, owner })),
    newLead: newLead && { kind: 'lead', ...newLead },
    clicked: call.clicked,
    person: responsible(ofCall, people(0)).user,
  }
  const fallback: OwnedEntity = { kind: client.kind, id: client.id, owner: client.owner }
  const { entity, why } = chooseEntity(facts) ?? {
    entity: fallback,
    why: { about: 'entity', code: 'only-one', facts: {} },
  }
  const chosenFrom = people(entity.owner)
  return {
    kind,
    rule,
    entity,
    whyEntity: why,
    leads: open,
    newLead,
    people: chosenFrom,
    responsible: responsible(rule.responsible, chosenFrom),
  }
}

/** Policies that know the person without the card: where the card's owner decides, nobody else may decide on the card. */
function beforeTheCard(policies: readonly Policy[]): readonly Policy[] {
  const card = policies.indexOf('card-owner')
  return policies.slice(0, card < 0 ? undefined : card).filter((policy) => policy !== 'default')
}

/** The entity is gone from the CRM: it must not be found again. */
export async function forgetEntity(
  {
    index,
    leads,
  }: {
    readonly index: Pick<HandlerDeps['index'], 'remove' | 'forgetIncoming'>
    readonly leads: Pick<HandlerDeps['leads'], 'removeLead'>
  },
  entity: OwnedEntity,
  client: KnownClient,
): Promise<void> {
  if (entity.kind === 'lead') return leads.removeLead(entity.id)
  await index.remove(entity.kind, entity.id)
  if (client.incoming !== undefined) await index.forgetIncoming(client.incoming)
}
