import type { CustomField, FieldValue } from '../leads-port.ts'
import type { EntityKind } from '../port.ts'
import type { Api } from './api.ts'
import { PAGE_SIZE } from './clients.ts'
import { plurals } from './entity-path.ts'
import { remembered } from './remembered.ts'
import { CustomField as Schema } from './schema.ts'

export async function readCustomFields(
  api: Api,
  kind: EntityKind,
  signal: AbortSignal,
): Promise<readonly CustomField[]> {
  const fields: CustomField[] = []
  const path = `/api/v4/${plurals[kind]}/custom_fields`
  for await (const page of api.pages(path, [['limit', PAGE_SIZE]], { signal })) {
    fields.push(...api.entries(page, 'custom_fields', Schema))
  }
  return fields
}

/** A field as a write wants it. */
export type FieldItem = Readonly<Record<string, unknown>>

export interface FieldWriter {
  /** Values in the type their field takes. Without fields nothing is asked. @throws CrmError when the fields cannot be read */
  items(kind: EntityKind, fields: readonly FieldValue[] | undefined, signal: AbortSignal): Promise<readonly FieldItem[]>
  /** As `items`, for what is there already: one value in a list of phones or addresses would wipe the others, so such fields are left out. */
  changes(
    kind: EntityKind,
    fields: readonly FieldValue[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly FieldItem[]>
}

/** Templates give text; numbers, dates and boxes are refused as text, so each value is written in its field's type. */
export function createFieldWriter(api: Api, now: () => number): FieldWriter {
  const known = {
    contact: remembered((signal) => readCustomFields(api, 'contact', signal), now),
    company: remembered((signal) => readCustomFields(api, 'company', signal), now),
    lead: remembered((signal) => readCustomFields(api, 'lead', signal), now),
  }
  const write = async (kind: EntityKind, fields: readonly FieldValue[], signal: AbortSignal, leftOut: string) => {
    if (fields.length === 0) return []
    const types = await known[kind].get(signal)
    return fields.flatMap(({ field, value }) => {
      const type = types.find(({ id, code }) => id === field || code === field)?.type
      if (type !== undefined && type === leftOut) return []
      const address = typeof field === 'number' ? { field_id: field } : { field_code: field }
      return [{ ...address, values: [{ value: typedValue(value, type) }] }]
    })
  }
  return {
    items: (kind, fields = [], signal) => write(kind, fields, signal, ''),
    changes: (kind, fields = [], signal) => write(kind, fields, signal, 'multitext'),
  }
}

const YES = /^(?:1|true|yes|да|on)$/iu

/** What cannot be turned into its field's type goes as it is: the CRM's own words then say what is wrong with it. */
export function typedValue(text: string, type: string | undefined): string | number | boolean {
  switch (type) {
    case 'checkbox':
      return YES.test(text.trim())
    case 'numeric':
    case 'monetary': {
      const number = Number(text.replaceAll(/\s/gu, '').replace(',', '.'))
      return text.trim() === '' || Number.isNaN(number) ? text : number
    }
    case 'date':
    case 'date_time':
    case 'birthday': {
      if (/^\d{9,10}$/.test(text.trim())) return Number(text)
      const instant = Date.parse(text)
      return Number.isNaN(instant) ? text : Math.floor(instant / 1000)
    }
    default:
      return text
  }
}
