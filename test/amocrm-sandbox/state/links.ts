import type { EntityKey, EntityType } from './entities.ts'

interface Link {
  readonly a: EntityKey
  readonly b: EntityKey
  main: boolean
}

/** Which entities belong together; the lead stands first, then the contact, then the company. */
export interface Links {
  /** One company per lead and per contact: a second one replaces the first. */
  add(one: EntityKey, other: EntityKey, main?: boolean): void
  remove(one: EntityKey, other: EntityKey): void
  of(entity: EntityKey, type?: EntityType): readonly { readonly to: EntityKey; readonly main: boolean }[]
  /** Hangs everything of `from` on `to`. */
  move(from: EntityKey, to: EntityKey): void
}

const rank: Readonly<Record<EntityType, number>> = { leads: 0, contacts: 1, companies: 2 }

/** Kept by entity: accounts of a hundred thousand contacts are asked for links on every page. */
export function createLinks(): Links {
  const byEntity = new Map<string, Link[]>()
  const linksOf = (entity: EntityKey) => byEntity.get(keyText(entity)) ?? []

  function of(entity: EntityKey, type?: EntityType) {
    return linksOf(entity)
      .map((link) => ({ to: same(link.a, entity) ? link.b : link.a, main: link.main }))
      .filter(({ to }) => type === undefined || to.type === type)
  }

  function drop(entity: EntityKey, link: Link): void {
    const rest = linksOf(entity).filter((other) => other !== link)
    if (rest.length === 0) byEntity.delete(keyText(entity))
    else byEntity.set(keyText(entity), rest)
  }

  function keep(entity: EntityKey, link: Link): void {
    byEntity.set(keyText(entity), [...linksOf(entity), link])
  }

  function remove(one: EntityKey, other: EntityKey): void {
    for (const link of linksOf(one).filter((candidate) => joins(candidate, one, other))) {
      drop(link.a, link)
      drop(link.b, link)
    }
  }

  function add(one: EntityKey, other: EntityKey, main?: boolean): void {
    const [a, b] = rank[one.type] <= rank[other.type] ? [one, other] : [other, one]
    const first = !of(a, b.type).some(({ to }) => !same(to, b))
    if (b.type === 'companies') for (const { to } of of(a, 'companies')) remove(a, to)
    remove(a, b)
    const isMain = main ?? (first && b.type === 'contacts')
    if (isMain) for (const link of linksOf(a)) if (same(link.a, a) && link.b.type === b.type) link.main = false
    const link = { a: { type: a.type, id: a.id }, b: { type: b.type, id: b.id }, main: isMain }
    keep(a, link)
    keep(b, link)
  }

  return {
    add,
    remove,
    of,
    move(from, to) {
      for (const { to: other, main } of of(from)) {
        remove(from, other)
        if (!same(other, to)) add(to, other, main)
      }
    },
  }
}

function keyText({ type, id }: EntityKey): string {
  return `${type} ${id}`
}

function same(one: EntityKey, other: EntityKey): boolean {
  return one.type === other.type && one.id === other.id
}

function joins(link: Link, one: EntityKey, other: EntityKey): boolean {
  return (same(link.a, one) && same(link.b, other)) || (same(link.a, other) && same(link.b, one))
}
