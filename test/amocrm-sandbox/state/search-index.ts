import type { Entity, FieldValues, SearchText } from './entities.ts'

/** Records what `query` will find once the index has caught up; `from` is epoch ms. Older texts stay found until then. */
export function reindex(entity: Entity, from: number, now: number): void {
  const text: SearchText = { from, text: textOf(entity), phones: phonesOf(entity.fields).map(digitsOf) }
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
export function queryTest(query: string, now: number): (entity: Entity) => boolean {
  const wanted = query.trim().toLowerCase()
  const digits = /^[\d\s()+.-]+$/.test(wanted) ? digitsOf(wanted) : ''
  return (entity) => {
    const known = indexed(entity, now)
    if (known === undefined) return false
    if (known.text.includes(wanted)) return true
    return digits.length >= 7 && known.phones.some((phone) => phone.endsWith(digits))
  }
}

/** Cards by the ends of their phones, so that a call does not read a hundred thousand of them. */
export interface PhoneIndex {
  add(entity: Entity): void
  /** Those whose indexed phone ends in the same `lastDigits` digits; the caller sorts out deleted ones. */
  find(phone: string, lastDigits: number, now: number): readonly Entity[]
}

/** The popup looks at eight digits, `/calls` at ten (reference amocrm.md 3.2). */
const keyDigits = 8

export function createPhoneIndex(): PhoneIndex {
  // Most phones are one card's: a list of one is far smaller than a set.
  const byEnd = new Map<string, Entity[]>()
  return {
    add(entity) {
      for (const phone of phonesOf(entity.fields)) {
        const end = digitsOf(phone).slice(-keyDigits)
        if (end === '') continue
        const found = byEnd.get(end)
        if (found === undefined) byEnd.set(end, [entity])
        else if (!found.includes(entity)) found.push(entity)
      }
    },
    find(phone, lastDigits, now) {
      const wanted = digitsOf(phone).slice(-lastDigits)
      const candidates = wanted === '' ? [] : (byEnd.get(wanted.slice(-keyDigits)) ?? [])
      return candidates.filter((entity) =>
        (indexed(entity, now)?.phones ?? []).some((stored) => stored.slice(-lastDigits) === wanted),
      )
    },
  }
}

export function phonesOf(fields: readonly FieldValues[]): string[] {
  return fields
    .filter(({ field }) => field.code === 'PHONE')
    .flatMap(({ values }) => values.map(({ value }) => String(value)))
}

/** One text an entity: line breaks part the fields, and no query holds one. */
function textOf(entity: Entity): string {
  const values = entity.fields.flatMap((field) => field.values.map(({ value }) => String(value)))
  const names = entity.type === 'contacts' ? [entity.name, entity.firstName, entity.lastName] : [entity.name]
  return [...names, ...values].join('\n').toLowerCase()
}

export function digitsOf(text: string): string {
  return text.replace(/\D/g, '')
}
