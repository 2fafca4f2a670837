import type { Entity, FieldValues, SearchText } from './entities.ts'

/** Records what `query` will find once the index has caught up; `from` is epoch ms. Older texts stay found until then. */
export function reindex(entity: Entity, from: number, now: number): void {
  const text: SearchText = { from, texts: textsOf(entity), phones: phonesOf(entity.fields) }
  const visible = entity.searchable.findLastIndex((earlier) => earlier.from <= now)
  entity.searchable = [...entity.searchable.slice(Math.max(visible, 0)), text]
}

/** What the index knows of the entity at `now` (epoch ms). */
export function indexed(entity: Entity, now: number): SearchText | undefined {
  return entity.searchable.findLast((text) => text.from <= now)
}

/**
 * amoCRM's text search: a substring of any filled field, and for numbers also the end of a phone of which only digits count.
 * It finds names and passport numbers as readily as phones, and `+7…` never finds `8…` (reference amocrm.md 3.2, 17).
 */
export function matchesQuery(entity: Entity, query: string, now: number): boolean {
  const text = indexed(entity, now)
  if (text === undefined) return false
  const wanted = query.trim().toLowerCase()
  if (text.texts.some((value) => value.toLowerCase().includes(wanted))) return true
  if (!/^[\d\s()+.-]+$/.test(wanted)) return false
  const digits = digitsOf(wanted)
  return digits.length >= 7 && text.phones.some((phone) => digitsOf(phone).endsWith(digits))
}

/** Server-side phone match of `/calls` (10 digits) and of the popup (8 digits). */
export function matchesPhone(entity: Entity, phone: string, lastDigits: number, now: number): boolean {
  const wanted = digitsOf(phone).slice(-lastDigits)
  if (wanted === '') return false
  return (indexed(entity, now)?.phones ?? []).some((stored) => digitsOf(stored).slice(-lastDigits) === wanted)
}

export function phonesOf(fields: readonly FieldValues[]): string[] {
  return fields.filter(({ field }) => field.code === 'PHONE').flatMap(({ values }) => values.map(({ value }) => value))
}

function textsOf(entity: Entity): string[] {
  const values = entity.fields.flatMap((field) => field.values.map(({ value }) => value))
  return entity.type === 'contacts'
    ? [entity.name, entity.firstName, entity.lastName, ...values]
    : [entity.name, ...values]
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '')
}
