import type { EntityKind, EntityRef } from '../port.ts'

/** How amoCRM spells kinds in paths, lists and `entity_type`. */
export const plurals = { contact: 'contacts', company: 'companies', lead: 'leads' } as const satisfies Record<
  EntityKind,
  string
>

export function kindOfPlural(plural: string): EntityKind | undefined {
  if (plural === 'contacts') return 'contact'
  if (plural === 'companies') return 'company'
  return plural === 'leads' ? 'lead' : undefined
}

/** Ids by kind, each once. */
export function idsByKind(entities: readonly EntityRef[]): readonly (readonly [EntityKind, readonly number[]])[] {
  const kinds = [...new Set(entities.map((entity) => entity.kind))]
  return kinds.map((kind) => [
    kind,
    [...new Set(entities.filter((entity) => entity.kind === kind).map((entity) => entity.id))],
  ])
}

/** Query strings stay below the 8 KB a front-end takes: an id takes up to forty characters with its encoded brackets. Half a full batch of writes. */
const IDS_A_REQUEST = 125

export function chunksOfIds(ids: readonly number[]): readonly (readonly number[])[] {
  const chunks: (readonly number[])[] = []
  for (let at = 0; at < ids.length; at += IDS_A_REQUEST) chunks.push(ids.slice(at, at + IDS_A_REQUEST))
  return chunks
}
