import { z } from 'zod'
import { entityWrite, tagWrite, text, unixTime } from '../envelope/entity-schema.ts'
import { nullIsNothing, readBackLists } from '../envelope/read-back.ts'
import type { Flaw } from '../envelope/validation.ts'
import type { Lead } from '../state/entities.ts'
import { lossReasons, lost, type Pipeline, type Status } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { entityPatch } from './update-entity.ts'

/** Keys a lead has besides those of every entity. */
const leadKeys = {
  price: z.int().optional(),
  status_id: z.int().optional(),
  pipeline_id: z.int().optional(),
  closed_at: unixTime.optional(),
  loss_reason_id: z.int().optional(),
  visitor_uid: text.optional(),
}

/** A lead names a source of the integration by its own id (reference amocrm.md 13.1). */
export function sourceOf(world: World) {
  const known = text.refine((id) => world.sources.some(({ externalId }) => externalId === id))
  return z.strictObject({ external_id: known, type: z.literal('widget') })
}

/** A plain create links what is there: at most one contact and one company, by id (reference amocrm.md 4.2). */
export function leadCreate(world: World) {
  const contact = z.int().refine((id) => world.find({ type: 'contacts', id }) !== undefined)
  const company = z.int().refine((id) => world.find({ type: 'companies', id }) !== undefined)
  return z.strictObject({
    ...entityWrite(world, 'leads'),
    ...leadKeys,
    _embedded: z
      .strictObject({
        tags: z.array(tagWrite).optional(),
        contacts: z
          .array(z.strictObject({ id: contact, is_main: z.boolean().optional() }))
          .max(1)
          .optional(),
        companies: z
          .array(z.strictObject({ id: company }))
          .max(1)
          .optional(),
        source: sourceOf(world).optional(),
      })
      .optional(),
  })
}

export function leadPatch(world: World) {
  return {
    ...entityPatch(world, 'leads'),
    ...leadKeys,
    loss_reason_id: nullIsNothing(z.int()).optional(),
    closed_at: nullIsNothing(unixTime).optional(),
    _embedded: z.strictObject({ ...readBackLists, tags: z.array(tagWrite).optional() }).optional(),
  }
}

/** A lead inside `/leads/complex` and inside incoming leads: no links of its own. */
export function leadFields(world: World) {
  return { ...entityWrite(world, 'leads'), ...leadKeys }
}

export interface Stage {
  readonly pipeline: Pipeline
  readonly status: Status
}

/** Where a lead goes; without a pipeline the main one, without a status its first ordinary stage. */
export function stageOf(world: World, sent: StageWrite, before?: Pick<Lead, 'pipeline' | 'status'>): Stage | Flaw {
  const pipelineId = sent.pipeline_id ?? before?.pipeline
  const pipeline = world.pipelines.find(({ id, main }) => (pipelineId === undefined ? main : id === pipelineId))
  if (pipeline === undefined) return { code: 'NotSupportedChoice', path: 'pipeline_id' }
  const kept = sent.pipeline_id === undefined || sent.pipeline_id === before?.pipeline ? before?.status : undefined
  const statusId = sent.status_id ?? kept
  const status = pipeline.statuses.find(({ id, type }) => (statusId === undefined ? type === 0 : id === statusId))
  // Only an incoming lead may stand in the incoming stage; nothing is moved there by hand.
  if (status === undefined || (status.type === 1 && status.id !== before?.status))
    return { code: 'NotSupportedChoice', path: 'status_id' }
  const reason = sent.loss_reason_id
  if (reason !== undefined && (status.id !== lost || !lossReasons.some(({ id }) => id === reason)))
    return { code: 'NotSupportedChoice', path: 'loss_reason_id' }
  return { pipeline, status }
}

export function stageFlaw(
  world: World,
  sent: StageWrite,
  before?: Pick<Lead, 'pipeline' | 'status'>,
): Flaw | undefined {
  const stage = stageOf(world, sent, before)
  return 'code' in stage ? stage : undefined
}

interface StageWrite {
  readonly pipeline_id?: number | undefined
  readonly status_id?: number | undefined
  readonly loss_reason_id?: number | undefined
}
