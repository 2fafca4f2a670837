import { z } from 'zod'
import { entityWrite, mergeFields, tagsOf, tagWrite, text } from '../envelope/entity-schema.ts'
import { withs } from '../envelope/filters.ts'
import { selfLink, writeAnswer } from '../envelope/paging.ts'
import { parseItems, parseObject } from '../envelope/validation.ts'
import type { Contact } from '../state/entities.ts'
import { insertContact } from '../state/insert.ts'
import type { World } from '../state/world.ts'
import { hal, noContent } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'
import { listEntities, renderCommon, renderLinked, renderTags } from './entity-list.ts'
import { applyCommon, entityPatch, patched, patchedItem } from './update-entity.ts'

/** `/api/v4/contacts` (reference amocrm.md 3). */
export function contactRoutes(world: World): Route[] {
  const names = { first_name: text.optional(), last_name: text.optional() }
  const embedded = { _embedded: z.strictObject({ tags: z.array(tagWrite).optional() }).optional() }
  const create = z.strictObject({ ...entityWrite(world, 'contacts'), ...names, ...embedded })
  const patch = { ...entityPatch(world, 'contacts'), ...names, ...embedded }
  const patchOne = z.strictObject({ ...patch, id: z.int().optional() })
  const patchMany = z.strictObject({ ...patch, id: z.int() })

  function update(request: ApiRequest, contact: Contact, sent: z.output<typeof patchOne>): void {
    contact.firstName = sent.first_name ?? contact.firstName
    contact.lastName = sent.last_name ?? contact.lastName
    const composed =
      sent.first_name !== undefined || sent.last_name !== undefined
        ? fullName(contact.firstName, contact.lastName)
        : undefined
    applyCommon(world, request, contact, { ...sent, name: sent.name ?? composed })
  }

  return [
    {
      method: 'GET',
      pattern: '/api/v4/contacts',
      // Contacts of incoming leads are not listed before somebody accepts them (reference amocrm.md 3.2).
      handle: (request) =>
        listEntities(world, request, world.contacts.values(), (contact) => renderContact(world, request, contact), {
          tests: [(contact) => !contact.unsorted],
        }),
    },
    {
      method: 'GET',
      pattern: '/api/v4/contacts/{id}',
      handle: (request) => {
        const contact = world.contacts.get(idParam(request))
        return contact === undefined || contact.deleted ? noContent : hal(renderContact(world, request, contact))
      },
    },
    {
      method: 'POST',
      pattern: '/api/v4/contacts',
      handle: (request) => {
        const stored = parseItems(request, create).map(({ value, requestId }) => ({
          contact: createContact(world, request, value),
          requestId,
        }))
        return writeAnswer(
          request,
          'contacts',
          stored.map(({ contact, requestId }) => thin(request, contact, requestId)),
        )
      },
    },
    {
      method: 'PATCH',
      pattern: '/api/v4/contacts',
      handle: (request) => {
        const items = parseItems(request, patchMany).map(({ value, requestId }) => ({
          value,
          requestId,
          contact: patchedItem(world.contacts, value.id, requestId),
        }))
        for (const { contact, value } of items) update(request, contact, value)
        return writeAnswer(
          request,
          'contacts',
          items.map(({ contact, requestId }) => ({
            ...thin(request, contact, requestId),
            updated_at: contact.updatedAt,
          })),
        )
      },
    },
    {
      method: 'PATCH',
      pattern: '/api/v4/contacts/{id}',
      handle: (request) => {
        const contact = patched(world.contacts, request)
        update(request, contact, parseObject(request, patchOne))
        return hal({
          id: contact.id,
          name: contact.name,
          updated_at: contact.updatedAt,
          ...thin(request, contact, '0'),
        })
      },
    },
  ]
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

function thin(request: ApiRequest, contact: Contact, requestId: string) {
  return {
    id: contact.id,
    is_deleted: contact.deleted,
    is_unsorted: contact.unsorted,
    request_id: requestId,
    _links: selfLink(request, `/api/v4/contacts/${contact.id}`),
  }
}

function renderContact(world: World, request: ApiRequest, contact: Contact) {
  const asked = withs(request.query)
  return {
    id: contact.id,
    name: contact.name,
    first_name: contact.firstName,
    last_name: contact.lastName,
    ...renderCommon(request, contact),
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
