import { z } from 'zod'
import { authorId, filledText, text, unixTime, userId } from '../envelope/entity-schema.ts'
import { selfLink } from '../envelope/paging.ts'
import { type Item, parseItems } from '../envelope/validation.ts'
import { singular } from '../state/entities.ts'
import { insertNote } from '../state/insert.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { type Answer, hal } from '../transport/answer.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { callParamNames, callResponsible, callStatus } from './note-schema.ts'

/** The server looks at the last ten digits (reference amocrm.md 3.2, 5.2). */
const lookupDigits = 10

/**
 * `POST /api/v4/calls`: amoCRM finds the card by the phone, as far as its index knows it. A number nobody has is an error 263
 * in a shape of its own, and no call is ever recognised as a repeated one (reference amocrm.md 5).
 */
export function callRoutes(world: World, mixedStatus: 200 | 400): Route[] {
  const schema = callWrite(world)
  return [
    {
      method: 'POST',
      pattern: '/api/v4/calls',
      handle: (request) => store(world, request, parseItems(request, schema), mixedStatus),
    },
  ]
}

function callWrite(world: World) {
  return z.strictObject({
    direction: z.enum(['inbound', 'outbound']),
    phone: filledText,
    duration: z.int().refine((seconds) => seconds >= 0),
    source: filledText,
    uniq: text.optional(),
    link: text.optional(),
    call_result: text.optional(),
    call_status: callStatus.optional(),
    call_responsible: callResponsible(world).optional(),
    responsible_user_id: userId(world).optional(),
    created_by: authorId(world).optional(),
    updated_by: authorId(world).optional(),
    created_at: unixTime.optional(),
    updated_at: unixTime.optional(),
    request_id: text.optional(),
  })
}

type CallWrite = z.output<ReturnType<typeof callWrite>>

function store(world: World, request: ApiRequest, items: readonly Item<CallWrite>[], mixedStatus: 200 | 400): Answer {
  const calls: unknown[] = []
  const errors: unknown[] = []
  for (const { value: call, requestId } of items) {
    const entity = world.cardOf(call.phone, lookupDigits)
    if (entity === undefined) {
      errors.push({ title: 'Entity not found', detail: 'Entity not found', status: 263, request_id: requestId })
      continue
    }
    const author = call.created_by ?? (typeof call.call_responsible === 'number' ? call.call_responsible : 0)
    const note = insertNote(world, {
      entity,
      noteType: call.direction === 'inbound' ? 'call_in' : 'call_out',
      params: paramsOf(call),
      responsibleUser: call.responsible_user_id ?? request.user,
      createdBy: author,
      createdAt: call.created_at,
      triggersAutomation: true,
      origin: 'calls',
    })
    calls.push({
      id: note.id,
      entity_id: entity.id,
      entity_type: singular[entity.type],
      account_id: account.id,
      request_id: requestId,
      _embedded: { entity: { id: entity.id, _links: selfLink(request, `/api/v4/${entity.type}/${entity.id}`) } },
    })
  }
  // Nothing found is 400; a mixed batch is told in both arrays, and its status is nowhere documented.
  const status = errors.length === 0 ? 200 : calls.length === 0 ? 400 : mixedStatus
  return hal({ _total_items: calls.length, errors, _embedded: { calls } }, status)
}

function paramsOf(call: CallWrite): Record<string, unknown> {
  const sent: Readonly<Record<string, unknown>> = call
  return Object.fromEntries(callParamNames.filter((name) => sent[name] !== undefined).map((name) => [name, sent[name]]))
}
