import { z } from 'zod'
import { entityWrite, tagWrite, text } from '../envelope/entity-schema.ts'
import { type Flaw, type Item, parseItems } from '../envelope/validation.ts'
import type { EntityKey } from '../state/entities.ts'
import { phonesOf } from '../state/search-index.ts'
import { incomingStage } from '../state/sort-unsorted.ts'
import type { World } from '../state/world.ts'
import { hal } from '../transport/answer.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { createCompany } from './companies.ts'
import { createContact } from './contacts.ts'
import { addCallNote, keepUnsorted } from './create-unsorted.ts'
import { leadFields, sourceOf, stageFlaw } from './lead-schema.ts'
import { createLead } from './leads.ts'
import { formsMetadata, sipMetadata } from './unsorted-schema.ts'

/** Leads one request may carry, and the digits duplicates are known by (reference amocrm.md 2.2, 4.3). */
const maximumLeads = 50
const lookupDigits = 10

/**
 * `POST /api/v4/leads/complex`: lead, contact and company at once, answered with a bare array. Duplicates are looked for only
 * when the administrator switched that on, and never inside one request. With `_embedded.metadata` the lead becomes an incoming
 * one, as long as those are on.
 */
export function complexLeadRoutes(world: World, duplicateControl: boolean): Route[] {
  const schema = complexWrite(world)
  return [
    {
      method: 'POST',
      pattern: '/api/v4/leads/complex',
      handle: (request) => {
        const items = parseItems(request, schema, { maximum: maximumLeads, check: (sent) => flaw(world, sent) })
        const found = items.map((item) => (duplicateControl ? duplicateOf(world, item.value) : undefined))
        return hal(items.map((item, index) => store(world, request, item, found[index])))
      },
    },
  ]
}

function complexWrite(world: World) {
  const tags = { _embedded: z.strictObject({ tags: z.array(tagWrite).optional() }).optional() }
  const names = { first_name: text.optional(), last_name: text.optional() }
  const id = { id: z.int().optional() }
  return z.strictObject({
    ...leadFields(world),
    _embedded: z
      .strictObject({
        tags: z.array(tagWrite).optional(),
        contacts: z
          .array(z.strictObject({ ...entityWrite(world, 'contacts'), ...names, ...tags, ...id }))
          .max(1)
          .optional(),
        companies: z
          .array(z.strictObject({ ...entityWrite(world, 'companies'), ...tags, ...id }))
          .max(1)
          .optional(),
        source: sourceOf(world).optional(),
        metadata: z
          .discriminatedUnion('category', [
            z.strictObject({ ...sipMetadata(world).shape, category: z.literal('sip') }),
            z.strictObject({ ...formsMetadata.shape, category: z.literal('forms') }),
          ])
          .optional(),
      })
      .optional(),
  })
}

type ComplexWrite = z.output<ReturnType<typeof complexWrite>>

function flaw(world: World, sent: ComplexWrite): Flaw | undefined {
  for (const type of ['contacts', 'companies'] as const) {
    const id = sent._embedded?.[type]?.[0]?.id
    if (id !== undefined && world.find({ type, id }) === undefined)
      return { code: 'NotSupportedChoice', path: `_embedded.${type}.0.id` }
  }
  return stageFlaw(world, sent)
}

/** The card that already has one of the new contact's phones. */
function duplicateOf(world: World, sent: ComplexWrite): EntityKey | undefined {
  const contact = sent._embedded?.contacts?.[0]
  if (contact === undefined || contact.id !== undefined) return undefined
  for (const phone of phonesOf(contact.custom_fields_values ?? [])) {
    const card = world.cardOf(phone, lookupDigits)
    if (card !== undefined && card.type !== 'companies') return card
  }
  return undefined
}

function store(world: World, request: ApiRequest, item: Item<ComplexWrite>, duplicate: EntityKey | undefined) {
  const { value: sent, requestId } = item
  const known = duplicate?.type === 'leads' ? world.links.of(duplicate, 'contacts')[0]?.to.id : duplicate?.id
  const newContact = sent._embedded?.contacts?.[0]
  const newCompany = sent._embedded?.companies?.[0]
  const metadata = sent._embedded?.metadata
  const incoming = metadata === undefined ? undefined : incomingStage(world, sent.pipeline_id)
  const newLead = duplicate?.type === 'leads' ? undefined : createLead(world, request, sent, incoming)
  const lead = newLead?.id ?? duplicate?.id ?? 0
  const waits = newLead !== undefined && incoming !== undefined
  const contact = known ?? newContact?.id ?? (newContact && createContact(world, request, newContact, waits).id)
  const company = newCompany?.id ?? (newCompany && createCompany(world, request, newCompany).id)
  if (contact !== undefined) world.links.add({ type: 'leads', id: lead }, { type: 'contacts', id: contact }, true)
  if (company !== undefined) world.links.add({ type: 'leads', id: lead }, { type: 'companies', id: company })
  if (newLead !== undefined && incoming !== undefined && metadata !== undefined) {
    const { category, ...told } = metadata
    const entry = keepUnsorted(world, newLead, {
      category,
      sourceUid: sent._embedded?.source?.external_id ?? '',
      sourceName: metadata.category === 'sip' ? String(metadata.from) : metadata.form_name,
      createdAt: world.seconds(),
      metadata: told,
      // Somebody who is there already stays visible, whatever becomes of the lead.
      contacts: known === undefined && newContact?.id === undefined && contact !== undefined ? [contact] : [],
      companies: company === undefined ? [] : [company],
    })
    if (metadata.category === 'sip') addCallNote(world, request, entry, metadata)
  }
  return {
    id: lead,
    contact_id: contact ?? null,
    company_id: company ?? null,
    request_id: [requestId],
    merged: duplicate !== undefined,
  }
}
