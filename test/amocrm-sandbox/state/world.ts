import type {
  AmoEvent,
  Company,
  Contact,
  Entity,
  EntityKey,
  EntityType,
  Lead,
  Note,
  Popup,
  Tag,
  Task,
  Unsorted,
  User,
} from './entities.ts'
import { createLinks, type Links } from './links.ts'
import { matchesPhone, reindex } from './search-index.ts'
import { lost, pipelines, seedUsers, won } from './seed.ts'

/** All of the account's data, and the questions asked of it from several resources. */
export interface World {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Unix seconds. */
  readonly seconds: () => number
  readonly users: User[]
  readonly contacts: Map<number, Contact>
  readonly companies: Map<number, Company>
  readonly leads: Map<number, Lead>
  readonly notes: Map<number, Note>
  readonly tasks: Map<number, Task>
  readonly unsorted: Map<string, Unsorted>
  readonly events: AmoEvent[]
  readonly popups: Popup[]
  readonly links: Links
  nextId(kind: keyof typeof firstIds): number
  tag(name: string): Tag
  activeUser(id: number): boolean
  /** The entity, unless it is unknown or in the trash. */
  find(key: EntityKey): Entity | undefined
  /** Stamps a change and feeds the search index, which shows it after the lag. */
  touch(entity: Entity, by: number): void
  openLeadsOf(key: EntityKey): readonly Lead[]
  /** Where a call of this phone belongs: the single open lead, else the contact or company; contacts first, the oldest wins. */
  cardOf(phone: string, lastDigits: number): EntityKey | undefined
  record(event: Omit<AmoEvent, 'id' | 'createdAt' | 'after' | 'before'> & Partial<AmoEvent>): void
}

const firstIds = {
  contacts: 501,
  companies: 801,
  leads: 901,
  notes: 660001,
  tasks: 3001,
  tags: 2001,
  events: 1,
  users: 7000010,
}

export function createWorld(now: () => number, queryLagMs: number): World {
  const counters = { ...firstIds }
  const tags = new Map<string, Tag>()
  const contacts = new Map<number, Contact>()
  const companies = new Map<number, Company>()
  const leads = new Map<number, Lead>()
  const tables: Readonly<Record<EntityType, ReadonlyMap<number, Entity>>> = { contacts, companies, leads }
  const seconds = () => Math.floor(now() / 1000)

  function nextId(kind: keyof typeof firstIds): number {
    const id = counters[kind]
    counters[kind] = id + 1
    return id
  }

  function find(key: EntityKey): Entity | undefined {
    const entity = tables[key.type].get(key.id)
    return entity === undefined || entity.deleted ? undefined : entity
  }

  function openLeadsOf(key: EntityKey): Lead[] {
    return world.links
      .of(key, 'leads')
      .flatMap(({ to }) => leads.get(to.id) ?? [])
      .filter(isOpen)
  }

  const world: World = {
    now,
    seconds,
    users: seedUsers(),
    contacts,
    companies,
    leads,
    notes: new Map(),
    tasks: new Map(),
    unsorted: new Map(),
    events: [],
    popups: [],
    links: createLinks(),
    nextId,
    find,
    openLeadsOf,
    tag(name) {
      const tag = tags.get(name) ?? { id: nextId('tags'), name }
      tags.set(name, tag)
      return tag
    },
    activeUser: (id) => world.users.some((user) => user.id === id && user.active),
    touch(entity, by) {
      entity.updatedAt = seconds()
      entity.updatedBy = by
      reindex(entity, now() + queryLagMs, now())
    },
    cardOf(phone, lastDigits) {
      const found = [contacts, companies].flatMap((table) =>
        [...table.values()]
          .filter((entity) => !entity.deleted && !(entity.type === 'contacts' && entity.unsorted))
          .filter((entity) => matchesPhone(entity, phone, lastDigits, now()))
          .sort((a, b) => a.createdAt - b.createdAt || a.id - b.id),
      )[0]
      if (found === undefined) return undefined
      const key = { type: found.type, id: found.id }
      const open = openLeadsOf(key)
      return open.length === 1 && open[0] !== undefined ? { type: 'leads', id: open[0].id } : key
    },
    record(event) {
      const id = `01sandbox${String(nextId('events')).padStart(17, '0')}`
      world.events.push({ createdAt: seconds(), after: [], before: [], ...event, id })
    },
  }
  return world
}

/** Neither closed nor waiting in the incoming stage. */
function isOpen(lead: Lead): boolean {
  if (lead.deleted || lead.status === won || lead.status === lost) return false
  return pipelines.find(({ id }) => id === lead.pipeline)?.statuses.find(({ id }) => id === lead.status)?.type === 0
}
