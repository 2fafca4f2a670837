import { z } from 'zod'
import { filledText, text } from '../envelope/entity-schema.ts'
import { byTexts } from '../envelope/filters.ts'
import { selfLink } from '../envelope/paging.ts'
import { parseItems, parseObject } from '../envelope/validation.ts'
import type { Source } from '../state/entities.ts'
import type { World } from '../state/world.ts'
import { badRequest, hal, noContent, notFound, Refused } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'
import { adminsOnly } from './rights.ts'

const root = '/api/v4/sources'
/** One integration may have that many (reference amocrm.md 2.2). */
const maximumSources = 100

/** `/api/v4/sources` of the calling integration (reference amocrm.md 13.1); incoming leads of calls do not use them. */
export function sourceRoutes(world: World): Route[] {
  const pipeline = z.int().refine((id) => world.pipelines.some((known) => known.id === id))
  const common = { name: filledText, pipeline_id: pipeline.optional(), default: z.boolean().optional() }
  const fresh = text.refine((id) => !world.sources.some(({ externalId }) => externalId === id))
  const create = z.strictObject({ ...common, external_id: fresh, request_id: text.optional() })
  const patch = z.strictObject({ ...common, name: filledText.optional() })
  const one = (request: ApiRequest): Source => {
    const source = world.sources.find(({ id }) => id === idParam(request))
    if (source === undefined) throw new Refused(notFound)
    return source
  }

  return [
    {
      method: 'GET',
      pattern: root,
      handle: (request) => {
        const rows = world.sources.filter(byTexts<Source>(request.query, 'external_id', ({ externalId }) => externalId))
        return rows.length === 0 ? noContent : sourcesAnswer(request, rows)
      },
    },
    { method: 'GET', pattern: `${root}/{id}`, handle: (request) => hal(render(request, one(request))) },
    {
      method: 'POST',
      pattern: root,
      handle: (request) => {
        adminsOnly(request)
        const items = parseItems(request, create)
        if (world.sources.length + items.length > maximumSources) throw badRequest(`At most ${maximumSources} sources`)
        const stored = items.map(({ value }) => {
          const source = {
            id: world.nextId('sources'),
            name: value.name,
            externalId: value.external_id,
            pipeline: value.pipeline_id ?? world.pipelines.find(({ main }) => main)?.id ?? 0,
            isDefault: value.default ?? false,
          }
          world.sources.push(source)
          return source
        })
        return sourcesAnswer(request, stored)
      },
    },
    {
      method: 'PATCH',
      pattern: `${root}/{id}`,
      handle: (request) => {
        adminsOnly(request)
        const source = one(request)
        const sent = parseObject(request, patch)
        source.name = sent.name ?? source.name
        source.pipeline = sent.pipeline_id ?? source.pipeline
        source.isDefault = sent.default ?? source.isDefault
        return hal(render(request, source))
      },
    },
    {
      method: 'DELETE',
      pattern: `${root}/{id}`,
      handle: (request) => {
        adminsOnly(request)
        world.sources.splice(world.sources.indexOf(one(request)), 1)
        return noContent
      },
    },
  ]
}

function sourcesAnswer(request: ApiRequest, sources: readonly Source[]) {
  return hal({
    _total_items: sources.length,
    _links: selfLink(request, root),
    _embedded: { sources: sources.map((source) => render(request, source)) },
  })
}

function render(request: ApiRequest, source: Source) {
  return {
    id: source.id,
    name: source.name,
    pipeline_id: source.pipeline,
    external_id: source.externalId,
    default: source.isDefault,
    origin_code: null,
    services: [],
    _links: selfLink(request, `${root}/${source.id}`),
  }
}
