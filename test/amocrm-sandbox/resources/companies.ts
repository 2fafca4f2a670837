import { z } from 'zod'
import { mergeFields } from '../envelope/custom-field-values.ts'
import { entityWrite, tagsOf, tagWrite } from '../envelope/entity-schema.ts'
import { withs } from '../envelope/filters.ts'
import { readBackLists } from '../envelope/read-back.ts'
import { parseItems, parseObject } from '../envelope/validation.ts'
import type { Company } from '../state/entities.ts'
import { insertCompany } from '../state/insert.ts'
import type { World } from '../state/world.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { listEntities, renderCommon, renderLinked, renderTags } from './entity-list.ts'
import { entityRoutes, isThere } from './entity-routes.ts'
import { applyCommon, entityPatch } from './update-entity.ts'

/** `/api/v4/companies`: the rules of contacts, without first and last name (reference amocrm.md 4.1). */
export function companyRoutes(world: World): Route[] {
  const embedded = { _embedded: z.strictObject({ tags: z.array(tagWrite).optional() }).optional() }
  const create = z.strictObject({ ...entityWrite(world, 'companies'), ...embedded })
  const echoed = { _embedded: z.strictObject({ ...readBackLists, tags: z.array(tagWrite).optional() }).optional() }
  const patch = { ...entityPatch(world, 'companies'), ...echoed }
  const patchOne = z.strictObject({ ...patch, id: z.int().optional() })
  const patchMany = z.strictObject({ ...patch, id: z.int() })
  const render = (request: ApiRequest, company: Company) => renderCompany(world, request, company)

  return entityRoutes<Company, z.output<typeof create>, z.output<typeof patchOne>>({
    type: 'companies',
    table: world.companies,
    list: (request) => listEntities(world, request, world.companies, (company) => render(request, company)),
    render,
    parseNew: (request) => parseItems(request, create),
    create: (request, sent) => createCompany(world, request, sent),
    parsePatches: (request) => parseItems(request, patchMany, { check: isThere(world.companies) }),
    parsePatch: (request) => parseObject(request, patchOne),
    update: (request, company, sent) => applyCommon(world, request, company, sent),
    thin: () => ({}),
  })
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

function renderCompany(world: World, request: ApiRequest, company: Company) {
  const asked = withs(request.query)
  return {
    id: company.id,
    name: company.name,
    ...renderCommon(world, request, company),
    _embedded: {
      tags: renderTags(company),
      ...(asked.has('contacts') ? { contacts: renderLinked(world, request, company, 'contacts') } : {}),
      ...(asked.has('leads') ? { leads: renderLinked(world, request, company, 'leads') } : {}),
      ...(asked.has('customers') ? { customers: [] } : {}),
      ...(asked.has('catalog_elements') ? { catalog_elements: [] } : {}),
    },
  }
}
