import type { Company, Contact, EntityKey, FieldValues, Lead } from './entities.ts'
import type { AccountHands, NewClient, NewLead, WorkHands } from './hand-types.ts'
import { createAccountHands } from './hands-account.ts'
import { createWorkHands } from './hands-work.ts'
import { insertCompany, insertContact, insertLead } from './insert.ts'
import { multitext, somebody } from './multitext.ts'
import { account } from './seed.ts'
import { firstOrdinary } from './sort-unsorted.ts'
import type { World } from './world.ts'

/** What people do in amoCRM's own pages, without any request: immediate, and known to the search at once. */
export interface Hands extends WorkHands, AccountHands {
  addContact(contact: NewClient & { readonly company?: number }): number
  addCompany(company: NewClient): number
  /** Linked to its contacts and company; first ordinary stage unless told otherwise. */
  addLead(lead: NewLead): number
  /** `make` is asked for each; no event is written and no webhook goes out, so that an account is big in a second. */
  addContacts(count: number, make: (index: number) => NewClient): void
}

export function createHands(world: World): Hands {
  const visibleAtOnce = (entity: Contact | Company | Lead): number => {
    entity.searchable = entity.searchable.slice(-1).map((known) => ({ ...known, from: 0 }))
    return entity.id
  }

  function addContact(contact: NewClient & { readonly company?: number }): number {
    const stored = insertContact(world, { ...common(contact), fields: fieldsOf(world, 'contacts', contact) })
    if (contact.company !== undefined) world.links.add(key('contacts', stored.id), key('companies', contact.company))
    return visibleAtOnce(stored)
  }

  return {
    ...createWorkHands(world),
    ...createAccountHands(world),
    addContact,
    addContacts(count, make) {
      world.quietly(() => {
        for (let index = 0; index < count; index += 1) addContact(make(index))
      })
    },
    addCompany: (company) =>
      visibleAtOnce(insertCompany(world, { ...common(company), fields: fieldsOf(world, 'companies', company) })),
    addLead(lead) {
      const pipeline = world.pipelines.find(({ id, main }) =>
        lead.pipeline === undefined ? main : id === lead.pipeline,
      )
      const first = firstOrdinary(world.pipelines, pipeline?.id ?? 0)
      if (pipeline === undefined || first === undefined) throw new Error(`account ${account.id} has no such pipeline`)
      const stored = insertLead(world, { ...common(lead), pipeline: pipeline.id, status: lead.status ?? first })
      for (const id of lead.contacts ?? []) world.links.add(key('leads', stored.id), key('contacts', id))
      if (lead.company !== undefined) world.links.add(key('leads', stored.id), key('companies', lead.company))
      return visibleAtOnce(stored)
    },
  }
}

function common(sent: NewClient | NewLead) {
  return {
    name: sent.name ?? '',
    responsibleUser: sent.owner ?? somebody,
    createdBy: sent.owner ?? somebody,
    ...(sent.createdAt === undefined ? {} : { createdAt: sent.createdAt }),
  }
}

function fieldsOf(world: World, type: 'contacts' | 'companies', client: NewClient): FieldValues[] {
  return [
    multitext(world, type, 'PHONE', client.phones ?? []),
    multitext(world, type, 'EMAIL', client.emails ?? []),
  ].filter(({ values }) => values.length > 0)
}

function key(type: EntityKey['type'], id: number): EntityKey {
  return { type, id }
}
