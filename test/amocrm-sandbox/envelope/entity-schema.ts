import { z } from 'zod'
import type { EntityType, FieldDefinition, FieldValues, Tag } from '../state/entities.ts'
import { fieldDefinitions } from '../state/seed.ts'
import type { World } from '../state/world.ts'

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
    custom_fields_values: customFields(type).optional(),
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

const fieldWrite = z.strictObject({
  field_id: z.int().optional(),
  field_code: text.optional(),
  field_name: text.optional(),
  field_type: text.optional(),
  values: z
    .array(z.strictObject({ value: filledText, enum_id: z.int().optional(), enum_code: text.optional() }))
    .nullable(),
})

/** Custom fields addressed by id or code, turned into what is stored; the value is the answer to each problem's path. */
export function customFields(type: EntityType) {
  return z.array(fieldWrite).transform((sent, context): FieldValues[] =>
    sent.flatMap((entry, index) => {
      const problem = (path: readonly PropertyKey[], amocrm: string) => {
        context.addIssue({ code: 'custom', path: [index, ...path], params: { amocrm } })
        return []
      }
      if (entry.field_id === undefined && entry.field_code === undefined) return problem(['field_id'], 'FieldMissing')
      const field = findField(type, entry)
      if (field === undefined)
        return problem([entry.field_id === undefined ? 'field_code' : 'field_id'], 'NotSupportedChoice')
      const values = (entry.values ?? []).map((value, at) => {
        const known = field.enums.find(({ id, code }) => id === value.enum_id || code === value.enum_code)
        const asked = value.enum_id !== undefined || value.enum_code !== undefined
        if (asked && known === undefined)
          problem(['values', at, value.enum_id === undefined ? 'enum_code' : 'enum_id'], 'NotSupportedChoice')
        return { value: value.value, enum: known ?? field.enums[0] }
      })
      return [{ field, values }]
    }),
  )
}

function findField(type: EntityType, sent: z.output<typeof fieldWrite>): FieldDefinition | undefined {
  return fieldDefinitions[type].find(
    ({ id, code }) =>
      (sent.field_id === undefined || sent.field_id === id) &&
      (sent.field_code === undefined || sent.field_code === code),
  )
}

/** Replaces the values of every field that was sent and leaves the others; a field without values disappears. */
export function mergeFields(stored: readonly FieldValues[], sent: readonly FieldValues[]): FieldValues[] {
  const untouched = stored.filter(({ field }) => !sent.some((entry) => entry.field.id === field.id))
  return [...untouched, ...sent.filter(({ values }) => values.length > 0)]
}

/** How fields are read: null, not an empty array, when none is filled. */
export function renderFields(fields: readonly FieldValues[]): unknown {
  if (fields.length === 0) return null
  return fields.map(({ field, values }) => ({
    field_id: field.id,
    field_name: field.name,
    field_code: field.code,
    field_type: field.type,
    values: values.map((value) => ({
      value: value.value,
      ...(value.enum === undefined ? {} : { enum_id: value.enum.id, enum_code: value.enum.code }),
    })),
  }))
}
