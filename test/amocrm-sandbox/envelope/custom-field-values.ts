import { z } from 'zod'
import type { EntityType, FieldDefinition, FieldEnum, FieldType, FieldValue, FieldValues } from '../state/entities.ts'
import type { World } from '../state/world.ts'

const valueWrite = z.strictObject({
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  enum_id: z.int().optional(),
  enum_code: z.string().optional(),
})

const fieldWrite = z.strictObject({
  field_id: z.int().optional(),
  field_code: z.string().optional(),
  field_name: z.string().optional(),
  field_type: z.string().optional(),
  values: z.array(valueWrite).nullable(),
})

type ValueWrite = z.output<typeof valueWrite>
type StoredValue = FieldValues['values'][number]

/** A value that does not fit: what amoCRM calls it, and which key of the value it stands under. */
interface Unfit {
  readonly amocrm: string
  readonly key: string
}

/** Custom fields addressed by id or code, turned into what is stored; every flaw is named by its path. */
export function customFields(world: World, type: EntityType) {
  return z.array(fieldWrite).transform((sent, context): FieldValues[] =>
    sent.flatMap((entry, index) => {
      const problem = (path: readonly PropertyKey[], amocrm: string) => {
        context.addIssue({ code: 'custom', path: [index, ...path], params: { amocrm } })
        return []
      }
      if (entry.field_id === undefined && entry.field_code === undefined) return problem(['field_id'], 'FieldMissing')
      const field = findField(world.fields[type], entry)
      if (field === undefined)
        return problem([entry.field_id === undefined ? 'field_code' : 'field_id'], 'NotSupportedChoice')
      const sentValues = entry.values ?? []
      if (sentValues.length > 1 && !takesSeveral.has(field.type)) return problem(['values'], 'NotSupportedChoice')
      const values = sentValues.flatMap((value, at): StoredValue[] => {
        const stored = storedValue(field, value)
        return 'amocrm' in stored ? problem(['values', at, stored.key], stored.amocrm) : [stored]
      })
      return [{ field, values }]
    }),
  )
}

const takesSeveral: ReadonlySet<FieldType> = new Set(['multitext', 'multiselect'])

function findField(fields: readonly FieldDefinition[], sent: z.output<typeof fieldWrite>): FieldDefinition | undefined {
  return fields.find(
    ({ id, code }) =>
      (sent.field_id === undefined || sent.field_id === id) &&
      (sent.field_code === undefined || sent.field_code === code),
  )
}

function storedValue(field: FieldDefinition, sent: ValueWrite): StoredValue | Unfit {
  switch (field.type) {
    case 'multitext':
      return multitext(field.enums, sent)
    case 'select':
    case 'multiselect':
    case 'radiobutton':
      return choice(field.enums, sent)
    case 'text':
    case 'textarea':
    case 'url':
    case 'tracking_data':
      return textFlaw(sent) ?? plain(sent, () => true)
    case 'numeric':
      return plain(sent, (value) => typeof value !== 'boolean' && value !== '' && !Number.isNaN(Number(value)))
    case 'checkbox':
      return plain(sent, (value) => typeof value === 'boolean')
    case 'date':
    case 'date_time':
      return plain(sent, (value) => Number.isInteger(value))
    default:
      return unreachable(field.type)
  }
}

function multitext(enums: readonly FieldEnum[], sent: ValueWrite): StoredValue | Unfit {
  const flaw = textFlaw(sent)
  if (flaw !== undefined) return flaw
  const asked = sent.enum_id !== undefined || sent.enum_code !== undefined
  const known = enums.find(({ id, code }) => id === sent.enum_id || code === sent.enum_code)
  if (asked && known === undefined) return { amocrm: 'NotSupportedChoice', key: enumKey(sent) }
  return { value: sent.value ?? '', enum: known ?? enums[0] }
}

/** A list takes one of its own values, by id or by the text shown. */
function choice(enums: readonly FieldEnum[], sent: ValueWrite): StoredValue | Unfit {
  if (sent.enum_id === undefined && sent.value === undefined) return { amocrm: 'FieldMissing', key: 'value' }
  const known = enums.find(({ id, code }) => (sent.enum_id === undefined ? code === sent.value : id === sent.enum_id))
  if (known === undefined)
    return { amocrm: 'NotSupportedChoice', key: sent.enum_id === undefined ? 'value' : 'enum_id' }
  return { value: known.code, enum: known }
}

/** A field without a list: an enum has no business there. */
function plain(sent: ValueWrite, fits: (value: FieldValue) => boolean): StoredValue | Unfit {
  if (sent.enum_id !== undefined || sent.enum_code !== undefined)
    return { amocrm: 'NotSupportedChoice', key: enumKey(sent) }
  if (sent.value === undefined) return { amocrm: 'FieldMissing', key: 'value' }
  return fits(sent.value) ? { value: sent.value, enum: undefined } : { amocrm: 'InvalidType', key: 'value' }
}

function textFlaw({ value }: ValueWrite): Unfit | undefined {
  if (value === undefined) return { amocrm: 'FieldMissing', key: 'value' }
  if (typeof value !== 'string') return { amocrm: 'InvalidType', key: 'value' }
  return value.trim() === '' ? { amocrm: 'NotBlank', key: 'value' } : undefined
}

function enumKey(sent: ValueWrite): string {
  return sent.enum_id === undefined ? 'enum_code' : 'enum_id'
}

function unreachable(type: never): never {
  throw new Error(`unknown type of field ${JSON.stringify(type)}`)
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
      ...(value.enum === undefined ? {} : { enum_id: value.enum.id, enum_code: enumCode(field, value.enum) }),
    })),
  }))
}

/** Entries of a list have a text, not a code. */
function enumCode(field: FieldDefinition, entry: FieldEnum): string | null {
  return field.type === 'multitext' ? entry.code : null
}
