import { z } from 'zod'
import { entityWrite, mergeFields, tagsOf, tagWrite } from '../envelope/entity-schema.ts'
import { withs } from '../envelope/filters.ts'
import { selfLink, writeAnswer } from '../envelope/paging.ts'
import { parseItems, parseObject } from '../envelope/validation.ts'
import type { Company } from '../state/entities.ts'
import { insertCompany } from '../state/insert.ts'
import type { World } from '../state/world.ts'
import { hal, noContent } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'
import { listEntities, renderCommon, renderLinked, renderTags } from './entity-list.ts'
import { applyCommon, entityPatch, patched, patchedItem } from './update-entity.ts'

/** `/api/v4/companies`: the rules of contacts, without first and last name (reference amocrm.md 4.1). */
export function companyRoutes(world: World): Route[] {
  const embedded = { _embedded: z.strictObject({ tags: z.array(tagWrite).optional() }).optional() }
  const create = z.strictObject({ ...entityWrite(world, 'companies'), ...embedded })
  const patch = { ...entityPatch(world, 'companies'), ...embedded }
  const patchOne = z.strictObject({ ...patch, id: z.int().optional() })
  const patchMany = z.strictObject({ ...patch, id: z.int() })

  return [
    {
      method: 'GET',
      pattern: '/api/v4/companies',
      handle: (request) =>
        listEntities(world, request, world.companies.values(), (company) => renderCompany(world, request, company)),
    },
    {
      method: 'GET',
      pattern: '/api/v4/companies/{id}',
      handle: (request) => {
        const company = world.companies.get(idParam(request))
        return company === undefined || company.deleted ? noContent : hal(renderCompany(world, request, company))
      },
    },
    {
      method: 'POST',
      pattern: '/api/v4/companies',
      handle: (request) => {
        const stored = parseItems(request, create).map(({ value, requestId }) => ({
          company: createCompany(world, request, value),
          requestId,
        }))
        return writeAnswer(
          request,
          'companies',
          stored.map(({ company, requestId }) => thin(request, company, requestId)),
        )
      },
    },
    {
      method: 'PATCH',
      pattern: '/api/v4/companies',
      handle: (request) => {
        const items = parseItems(request, patchMany).map(({ value, requestId }) => ({
          value,
          requestId,
          company: patchedItem(world.companies, value.id, requestId),
        }))
        for (const { company, value } of items) applyCommon(world, request, company, value)
        return writeAnswer(
          request,
          'companies',
          items.map(({ company, requestId }) => ({
            ...thin(request, company, requestId),
            updated_at: company.updatedAt,
          })),
        )
      },
    },
    {
      method: 'PATCH',
      pattern: '/api/v4/companies/{id}',
      handle: (request) => {
        const company = patched(world.companies, request)
        applyCommon(world, request, company, parseObject(request, patchOne))
        return hal({ ...thin(request, company, '0'), name: company.name, updated_at: company.updatedAt })
      },
    },
  ]
}

interface CompanyWrite {
  readonly name?: string | undefined
  readonly responsible_user_id?: number | undefined
  readonly created_by?: number | undefined
  readonly created_at?: number | undefined
  readonly custom_fields_values?: Company['fields'] | undefined
  readonly tags_to_add?: readonly z.output<typeof tagWrite>[] | undefined
  readonly _embedded?: { readonly tags?: readonly z.output<typeof tagWrite>[] | undefined } | undefined
}

/** Stores what a validated write describes; also used where companies come inside leads. */
export function createCompany(world: World, request: ApiRequest, sent: CompanyWrite): Company {
  return insertCompany(world, {
    name: sent.name ?? '',
    responsibleUser: sent.responsible_user_id ?? request.user,
    createdBy: sent.created_by ?? request.user,
    ...(sent.created_at === undefined ? {} : { createdAt: sent.created_at }),
    fields: mergeFields([], sent.custom_fields_values ?? []),
    tags: tagsOf(world, [...(sent._embedded?.tags ?? []), ...(sent.tags_to_add ?? [])], []),
  })
}

function thin(request: ApiRequest, company: Company, requestId: string) {
  return { id: company.id, request_id: requestId, _links: selfLink(request, `/api/v4/companies/${company.id}`) }
}

function renderCompany(world: World, request: ApiRequest, company: Company) {
  const asked = withs(request.query)
  return {
    id: company.id,
    name: company.name,
    ...renderCommon(request, company),
    _embedded: {
      tags: renderTags(company),
      ...(asked.has('contacts') ? { contacts: renderLinked(world, request, company, 'contacts') } : {}),
      ...(asked.has('leads') ? { leads: renderLinked(world, request, company, 'leads') } : {}),
      ...(asked.has('customers') ? { customers: [] } : {}),
      ...(asked.has('catalog_elements') ? { catalog_elements: [] } : {}),
    },
  }
}
