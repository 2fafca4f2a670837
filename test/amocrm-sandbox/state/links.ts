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

export function createLinks(): Links {
  let links: Link[] = []

  function of(entity: EntityKey, type?: EntityType) {
    return links
      .filter((link) => same(link.a, entity) || same(link.b, entity))
      .map((link) => ({ to: same(link.a, entity) ? link.b : link.a, main: link.main }))
      .filter(({ to }) => type === undefined || to.type === type)
  }

  function remove(one: EntityKey, other: EntityKey): void {
    links = links.filter((link) => !joins(link, one, other))
  }

  function add(one: EntityKey, other: EntityKey, main?: boolean): void {
    const [a, b] = rank[one.type] <= rank[other.type] ? [one, other] : [other, one]
    const first = !of(a, b.type).some(({ to }) => !same(to, b))
    if (b.type === 'companies') links = links.filter((link) => !(same(link.a, a) && link.b.type === 'companies'))
    remove(a, b)
    const isMain = main ?? (first && b.type === 'contacts')
    if (isMain) for (const link of links) if (same(link.a, a) && link.b.type === b.type) link.main = false
    links.push({ a, b, main: isMain })
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

function same(one: EntityKey, other: EntityKey): boolean {
  return one.type === other.type && one.id === other.id
}

function joins(link: Link, one: EntityKey, other: EntityKey): boolean {
  return (same(link.a, one) && same(link.b, other)) || (same(link.a, other) && same(link.b, one))
}
