import { z } from 'zod'
import { filledText, text } from '../envelope/entity-schema.ts'
import { selfLink } from '../envelope/paging.ts'
import { parseItems, parseObject } from '../envelope/validation.ts'
import { account, newPipeline, type Pipeline, type Status } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { badRequest, hal, noContent, problem, Refused } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'
import { adminsOnly } from './rights.ts'

/** Pipelines an account may have, and stages of one of them (reference amocrm.md 2.2). */
const maximumPipelines = 50
const maximumStages = 100

const create = z.strictObject({
  name: filledText,
  sort: z.int(),
  is_main: z.literal(false),
  is_unsorted_on: z.boolean(),
  request_id: text.optional(),
  _embedded: z.strictObject({
    statuses: z
      .array(z.strictObject({ name: filledText, sort: z.int().optional(), color: text.optional() }))
      .min(1)
      .max(maximumStages),
  }),
})
const patch = z.strictObject({ is_unsorted_on: z.boolean().optional() })

/** `/api/v4/leads/pipelines`: reading, creating and switching, the latter two an administrator's; an unknown pipeline is 404, not 204 (reference amocrm.md 4.4). */
export function pipelineRoutes(world: World): Route[] {
  const root = '/api/v4/leads/pipelines'
  return [
    {
      method: 'GET',
      pattern: root,
      handle: (request) =>
        hal({
          _total_items: world.pipelines.length,
          _links: selfLink(request, root),
          _embedded: { pipelines: world.pipelines.map((pipeline) => renderPipeline(request, pipeline)) },
        }),
    },
    {
      method: 'POST',
      pattern: root,
      handle: (request) => {
        adminsOnly(request)
        const items = parseItems(request, create)
        if (world.pipelines.length + items.length > maximumPipelines)
          throw badRequest(`At most ${maximumPipelines} pipelines`)
        const made = items.map(({ value, requestId }) => {
          const stages = value._embedded.statuses.map(({ name }) => name)
          const id = world.nextId('pipelines')
          const pipeline = { ...newPipeline({ id, name: value.name, main: false, stages }), sort: value.sort }
          pipeline.unsortedOn = value.is_unsorted_on
          world.pipelines.push(pipeline)
          return { ...renderPipeline(request, pipeline), request_id: requestId }
        })
        return hal({ _total_items: made.length, _links: selfLink(request, root), _embedded: { pipelines: made } })
      },
    },
    {
      method: 'PATCH',
      pattern: `${root}/{id}`,
      handle: (request) => {
        adminsOnly(request)
        const pipeline = pipelineOf(world, request)
        const sent = parseObject(request, patch)
        pipeline.unsortedOn = sent.is_unsorted_on ?? pipeline.unsortedOn
        return hal(renderPipeline(request, pipeline))
      },
    },
    {
      method: 'GET',
      pattern: `${root}/{id}`,
      handle: (request) => hal(renderPipeline(request, pipelineOf(world, request))),
    },
    {
      method: 'GET',
      pattern: `${root}/{id}/statuses`,
      handle: (request) => {
        const pipeline = pipelineOf(world, request)
        return hal({
          _total_items: pipeline.statuses.length,
          _links: selfLink(request, request.path),
          _embedded: { statuses: pipeline.statuses.map((status) => renderStatus(request, pipeline, status)) },
        })
      },
    },
    {
      method: 'GET',
      pattern: `${root}/{id}/statuses/{status}`,
      handle: (request) => {
        const pipeline = pipelineOf(world, request)
        const status = pipeline.statuses.find(({ id }) => id === idParam(request, 'status'))
        return status === undefined ? noContent : hal(renderStatus(request, pipeline, status))
      },
    },
  ]
}

function pipelineOf(world: World, request: ApiRequest): Pipeline {
  const pipeline = world.pipelines.find(({ id }) => id === idParam(request))
  if (pipeline === undefined) throw new Refused(problem(404, 'Pipeline not found'))
  return pipeline
}

function renderPipeline(request: ApiRequest, pipeline: Pipeline) {
  return {
    id: pipeline.id,
    name: pipeline.name,
    sort: pipeline.sort,
    is_main: pipeline.main,
    is_unsorted_on: pipeline.unsortedOn,
    is_archive: pipeline.archived,
    account_id: account.id,
    _links: selfLink(request, `/api/v4/leads/pipelines/${pipeline.id}`),
    _embedded: { statuses: pipeline.statuses.map((status) => renderStatus(request, pipeline, status)) },
  }
}

function renderStatus(request: ApiRequest, pipeline: Pipeline, status: Status) {
  return {
    id: status.id,
    name: status.name,
    sort: status.sort,
    is_editable: status.type === 0 && status.sort < 10000,
    pipeline_id: pipeline.id,
    color: status.color,
    type: status.type,
    account_id: account.id,
    _links: selfLink(request, `/api/v4/leads/pipelines/${pipeline.id}/statuses/${status.id}`),
  }
}
