import { z } from 'zod'
import { authorId, filledText, text, unixTime, userId } from '../envelope/entity-schema.ts'
import type { World } from '../state/world.ts'

/** Keys of a call note's `params`; absent ones must be left out on writes and are read as null (reference amocrm.md 6). */
export const callParamNames = [
  'uniq',
  'duration',
  'source',
  'link',
  'phone',
  'call_result',
  'call_status',
  'call_responsible',
] as const

/** 1 voicemail, 2 call back later, 3 not available, 4 talked, 5 wrong number, 6 not reached, 7 busy. */
export const callStatus = z.int().refine((status) => status >= 1 && status <= 7)

/** A user's id as a number, or a name shown as it is. */
export function callResponsible(world: World) {
  return z.union([userId(world), filledText])
}

function callParams(world: World) {
  return z.strictObject({
    uniq: text.optional(),
    duration: z.int().refine((seconds) => seconds >= 0),
    source: filledText,
    phone: filledText,
    link: text.optional(),
    call_result: text.optional(),
    call_status: callStatus.optional(),
    call_responsible: callResponsible(world).optional(),
  })
}

/** `note_type` and the `params` that go with it; types an integration has no business writing are refused. */
export function typedParams(world: World) {
  const call = callParams(world)
  const service = z.strictObject({ text: filledText, service: filledText })
  const sms = z.strictObject({ text: filledText, phone: filledText })
  return [
    { note_type: z.literal('call_in'), params: call },
    { note_type: z.literal('call_out'), params: call },
    { note_type: z.literal('common'), params: z.strictObject({ text: filledText }) },
    { note_type: z.literal('service_message'), params: service },
    { note_type: z.literal('extended_service_message'), params: service },
    { note_type: z.literal('sms_in'), params: sms },
    { note_type: z.literal('sms_out'), params: sms },
  ] as const
}

export function noteCommon(world: World) {
  return {
    created_by: authorId(world).optional(),
    updated_by: authorId(world).optional(),
    responsible_user_id: userId(world).optional(),
    created_at: unixTime.optional(),
    updated_at: unixTime.optional(),
    request_id: text.optional(),
    is_need_to_trigger_digital_pipeline: z.boolean().optional(),
  }
}

/**
 * One item of a create, and of a PATCH: `params` replace the stored ones as a whole, so they are always complete.
 * `more` are the keys of the address used.
 */
export function noteWrite<More extends z.ZodRawShape>(world: World, more: More) {
  const shape = { ...noteCommon(world), ...more }
  const [callIn, callOut, common, service, extended, smsIn, smsOut] = typedParams(world)
  return z.discriminatedUnion('note_type', [
    z.strictObject({ ...shape, ...callIn }),
    z.strictObject({ ...shape, ...callOut }),
    z.strictObject({ ...shape, ...common }),
    z.strictObject({ ...shape, ...service }),
    z.strictObject({ ...shape, ...extended }),
    z.strictObject({ ...shape, ...smsIn }),
    z.strictObject({ ...shape, ...smsOut }),
  ])
}
