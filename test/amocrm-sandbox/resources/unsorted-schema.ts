import { z } from 'zod'
import { entityWrite, filledText, tagWrite, text, unixTime } from '../envelope/entity-schema.ts'
import type { World } from '../state/world.ts'
import { leadFields } from './lead-schema.ts'
import { callResponsible } from './note-schema.ts'

/** Required as documented; `from` is required by the docs and deprecated by the client: strict here (reference amocrm.md 7.1). */
export function sipMetadata(world: World) {
  return z.strictObject({
    phone: z.union([filledText, z.int()]),
    from: z.union([filledText, z.int()]),
    called_at: unixTime,
    duration: z.int().refine((seconds) => seconds >= 0),
    link: text,
    service_code: filledText,
    uniq: text.optional(),
    is_call_event_needed: z.boolean().optional(),
    call_responsible: callResponsible(world).optional(),
  })
}

export type SipMetadata = z.output<ReturnType<typeof sipMetadata>>

/** What an incoming lead of a form tells; the address of the visitor may be unknown. */
export const formsMetadata = z.strictObject({
  form_id: filledText,
  form_name: filledText,
  form_page: filledText,
  form_sent_at: unixTime,
  ip: text.optional(),
  referer: text.optional(),
})

/** One item of `POST /leads/unsorted/sip`. */
export function sipCreate(world: World) {
  return z.strictObject({ ...unsortedCreate(world), metadata: sipMetadata(world) })
}

/** One item of `POST /leads/unsorted/forms`. */
export function formsCreate(world: World) {
  return z.strictObject({ ...unsortedCreate(world), metadata: formsMetadata })
}

function unsortedCreate(world: World) {
  const tags = { _embedded: z.strictObject({ tags: z.array(tagWrite).optional() }).optional() }
  const names = { first_name: text.optional(), last_name: text.optional() }
  return {
    source_uid: filledText,
    source_name: filledText,
    pipeline_id: z
      .int()
      .refine((id) => world.pipelines.some((pipeline) => pipeline.id === id))
      .optional(),
    created_at: unixTime.optional(),
    request_id: text.optional(),
    _embedded: z
      .strictObject({
        leads: z
          .array(z.strictObject({ ...leadFields(world), ...tags }))
          .max(1)
          .optional(),
        contacts: z
          .array(z.strictObject({ ...entityWrite(world, 'contacts'), ...names, ...tags }))
          .max(1)
          .optional(),
        companies: z
          .array(z.strictObject({ ...entityWrite(world, 'companies'), ...tags }))
          .max(1)
          .optional(),
      })
      .optional(),
  }
}

export type SipCreate = z.output<ReturnType<typeof sipCreate>>
export type FormsCreate = z.output<ReturnType<typeof formsCreate>>
