import { z } from 'zod'
import { filledText } from '../envelope/entity-schema.ts'
import { byIds, byTexts } from '../envelope/filters.ts'
import { listAnswer, selfLink, writeAnswer } from '../envelope/paging.ts'
import { parseItems } from '../envelope/validation.ts'
import { entityTypes, type Tag } from '../state/entities.ts'
import { account, lossReasons } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { hal, noContent } from '../transport/answer.ts'
import { textAt } from '../transport/bracket-query.ts'
import { idParam, type Route } from '../transport/route-table.ts'

/** Small lists that cards refer to: reasons of loss, and tags of each kind of card. */
export function dictionaryRoutes(world: World): Route[] {
  return [...lossReasonRoutes(), ...entityTypes.flatMap((type) => tagRoutes(world, type))]
}

function lossReasonRoutes(): Route[] {
  const root = '/api/v4/leads/loss_reasons'
  return [
    {
      method: 'GET',
      pattern: root,
      handle: (request) =>
        listAnswer(request, 'loss_reasons', lossReasons, (reason) => ({
          ...reason,
          created_at: account.createdAt,
          updated_at: account.createdAt,
          _links: selfLink(request, `${root}/${reason.id}`),
        })),
    },
    {
      method: 'GET',
      pattern: `${root}/{id}`,
      handle: (request) => {
        const reason = lossReasons.find(({ id }) => id === idParam(request))
        return reason === undefined ? noContent : hal({ ...reason, _links: selfLink(request, request.path) })
      },
    },
  ]
}

/** The sandbox keeps one list of tags for all kinds of cards. */
function tagRoutes(world: World, type: string): Route[] {
  const pattern = `/api/v4/${type}/tags`
  const create = z.strictObject({ name: filledText, request_id: z.string().optional() })
  return [
    {
      method: 'GET',
      pattern,
      handle: (request) => {
        const { query } = request
        const search = textAt(query, 'query')?.toLowerCase() ?? ''
        const tests = [byIds<Tag>(query, 'id', ({ id }) => id), byTexts<Tag>(query, 'name', ({ name }) => name)]
        const rows = world
          .tags()
          .filter((tag) => tag.name.toLowerCase().includes(search) && tests.every((test) => test(tag)))
        return listAnswer(request, 'tags', rows, ({ id, name }) => ({ id, name, color: null }))
      },
    },
    {
      method: 'POST',
      pattern,
      handle: (request) => {
        const stored = parseItems(request, create).map(({ value, requestId }) => ({
          ...world.tag(value.name),
          color: null,
          request_id: requestId,
        }))
        return writeAnswer(request, 'tags', stored)
      },
    },
  ]
}
