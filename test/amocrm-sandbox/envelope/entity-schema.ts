import { z } from 'zod'
import type { EntityType, Tag } from '../state/entities.ts'
import type { World } from '../state/world.ts'
import { customFields } from './custom-field-values.ts'

/** Seconds, never milliseconds: a year beyond 2100 is a unit mistake. */
export const unixTime = z.int().min(0).max(4_102_444_800)
export const text = z.string()
export const filledText = z.string().refine((value) => value.trim() !== '', { params: { amocrm: 'NotBlank' } })

/** An active user of the account. */
export function userId(world: World) {
  return z.int().refine((id) => world.activeUser(id))
}

/** An active user, or 0 for the robot. */
export function authorId(world: World) {
  return z.int().refine((id) => id === 0 || world.activeUser(id))
}

/** The keys that every entity takes on writes. */
export function entityWrite(world: World, type: EntityType) {
  return {
    name: filledText.optional(),
    responsible_user_id: userId(world).optional(),
    created_by: authorId(world).optional(),
    updated_by: authorId(world).optional(),
    created_at: unixTime.optional(),
    updated_at: unixTime.optional(),
    custom_fields_values: customFields(world, type).optional(),
    tags_to_add: z.array(tagWrite).optional(),
    request_id: text.optional(),
  }
}

export const tagWrite = z
  .strictObject({ id: z.int().optional(), name: filledText.optional() })
  .refine((tag) => tag.id !== undefined || tag.name !== undefined, {
    path: ['name'],
    params: { amocrm: 'FieldMissing' },
  })

export function tagsOf(world: World, tags: readonly z.output<typeof tagWrite>[], known: readonly Tag[]): Tag[] {
  return tags.flatMap((tag) =>
    tag.name === undefined ? known.filter(({ id }) => id === tag.id) : [world.tag(tag.name)],
  )
}
