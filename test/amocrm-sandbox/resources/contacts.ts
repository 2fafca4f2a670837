import { z } from 'zod'
import { mergeFields } from '../envelope/custom-field-values.ts'
import { entityWrite, tagsOf, tagWrite, text } from '../envelope/entity-schema.ts'
import { withs } from '../envelope/filters.ts'
import { readBackLists } from '../envelope/read-back.ts'
import { parseItems, parseObject } from '../envelope/validation.ts'
import type { Contact } from '../state/entities.ts'
import { insertContact } from '../state/insert.ts'
import type { World } from '../state/world.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { listEntities, renderCommon, renderLinked, renderTags } from './entity-list.ts'
import { entityRoutes, isThere } from './entity-routes.ts'
import { applyCommon, entityPatch } from './update-entity.ts'

/** `/api/v4/contacts` (reference amocrm.md 3). */
export function contactRoutes(world: World): Route[] {
  const names = { first_name: text.optional(), last_name: text.optional() }
  const embedded = { _embedded: z.strictObject({ tags: z.array(tagWrite).optional() }).optional() }
  const create = z.strictObject({ ...entityWrite(world, 'contacts'), ...names, ...embedded })
  const echoed = { _embedded: z.strictObject({ ...readBackLists, tags: z.array(tagWrite).optional() }).optional() }
  const patch = { ...entityPatch(world, 'contacts'), ...names, ...echoed }
  const patchOne = z.strictObject({ ...patch, id: z.int().optional() })
  const patchMany = z.strictObject({ ...patch, id: z.int() })
  const render = (request: ApiRequest, contact: Contact) => renderContact(world, request, contact)

  return entityRoutes<Contact, z.output<typeof create>, z.output<typeof patchOne>>({
    type: 'contacts',
    table: world.contacts,
    // Contacts of incoming leads are not listed before somebody accepts them (reference amocrm.md 3.2).
    list: (request) =>
      listEntities(world, request, world.contacts, (contact) => render(request, contact), {
        tests: [(contact) => !contact.unsorted],
      }),
    render,
    parseNew: (request) => parseItems(request, create),
    create: (request, sent) => createContact(world, request, sent),
    parsePatches: (request) => parseItems(request, patchMany, { check: isThere(world.contacts) }),
    parsePatch: (request) => parseObject(request, patchOne),
    update(request, contact, sent) {
      contact.firstName = sent.first_name ?? contact.firstName
      contact.lastName = sent.last_name ?? contact.lastName
      const renamed = sent.first_name !== undefined || sent.last_name !== undefined
      const composed = renamed ? fullName(contact.firstName, contact.lastName) : undefined
      applyCommon(world, request, contact, { ...sent, name: sent.name ?? composed })
    },
    thin: (contact) => ({ is_deleted: contact.deleted, is_unsorted: contact.unsorted }),
  })
}

interface ContactWrite {
  readonly name?: string | undefined
  readonly first_name?: string | undefined
  readonly last_name?: string | undefined
  readonly responsible_user_id?: number | undefined
  readonly created_by?: number | undefined
  readonly created_at?: number | undefined
  readonly custom_fields_values?: Contact['fields'] | undefined
  readonly tags_to_add?: readonly z.output<typeof tagWrite>[] | undefined
  readonly _embedded?: { readonly tags?: readonly z.output<typeof tagWrite>[] | undefined } | undefined
}

/** Stores what a validated write describes; also used where contacts come inside leads. */
export function createContact(world: World, request: ApiRequest, sent: ContactWrite, unsorted = false): Contact {
  const firstName = sent.first_name ?? ''
  const lastName = sent.last_name ?? ''
  return insertContact(world, {
    name: sent.name ?? fullName(firstName, lastName),
    firstName,
    lastName,
    responsibleUser: sent.responsible_user_id ?? request.user,
    createdBy: sent.created_by ?? request.user,
    ...(sent.created_at === undefined ? {} : { createdAt: sent.created_at }),
    fields: mergeFields([], sent.custom_fields_values ?? []),
    tags: tagsOf(world, [...(sent._embedded?.tags ?? []), ...(sent.tags_to_add ?? [])], []),
    unsorted,
  })
}

function fullName(first: string, last: string): string {
  return [first, last].filter((part) => part !== '').join(' ')
}

function renderContact(world: World, request: ApiRequest, contact: Contact) {
  const asked = withs(request.query)
  return {
    id: contact.id,
    name: contact.name,
    first_name: contact.firstName,
    last_name: contact.lastName,
    ...renderCommon(world, request, contact),
    is_unsorted: contact.unsorted,
    _embedded: {
      tags: renderTags(contact),
      companies: renderLinked(world, request, contact, 'companies'),
      ...(asked.has('leads') ? { leads: renderLinked(world, request, contact, 'leads') } : {}),
      ...(asked.has('customers') ? { customers: [] } : {}),
      ...(asked.has('catalog_elements') ? { catalog_elements: [] } : {}),
    },
  }
}
