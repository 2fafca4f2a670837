import { type Changes, createChanges } from './changes.ts'
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
  Source,
  Tag,
  Task,
  Unsorted,
  User,
} from './entities.ts'
import { createLinks, type Links } from './links.ts'
import { createPhoneIndex, reindex } from './search-index.ts'
import {
  type AccountState,
  account,
  type FieldTables,
  lost,
  type Pipeline,
  seedFields,
  seedPipelines,
  seedUsers,
  won,
} from './seed.ts'

/** All of the account's data, and the questions asked of it from several resources. */
export interface World {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Unix seconds. */
  readonly seconds: () => number
  readonly account: AccountState
  readonly pipelines: Pipeline[]
  readonly fields: FieldTables
  readonly users: User[]
  readonly sources: Source[]
  readonly contacts: Map<number, Contact>
  readonly companies: Map<number, Company>
  readonly leads: Map<number, Lead>
  readonly notes: Map<number, Note>
  readonly tasks: Map<number, Task>
  readonly unsorted: Map<string, Unsorted>
  readonly events: AmoEvent[]
  readonly popups: Popup[]
  readonly links: Links
  readonly changes: Changes
  /** Counts every change; who keeps something computed compares. */
  version(): number
  nextId(kind: keyof typeof firstIds): number
  tag(name: string): Tag
  tags(): readonly Tag[]
  activeUser(id: number): boolean
  /** The entity, unless it is unknown or in the trash. */
  find(key: EntityKey): Entity | undefined
  /** Stamps a change, tells it and feeds the search index, which shows it after the lag. */
  touch(entity: Entity, by: number, oldResponsible?: number): void
  notesOf(key: EntityKey): readonly Note[]
  keepNote(note: Note): void
  dropNote(note: Note): void
  /** Unfinished tasks of an entity decide its `closest_task_at`. */
  tasksOf(key: EntityKey): readonly Task[]
  keepTask(task: Task): void
  moveTask(task: Task, to: EntityKey | undefined): void
  /** Hangs notes and tasks of `from` on `to`. */
  moveRecords(from: EntityKey, to: EntityKey): void
  openLeadsOf(key: EntityKey): readonly Lead[]
  /** Where a call of this phone belongs: the single open lead, else the contact or company; contacts first, the oldest wins. */
  cardOf(phone: string, lastDigits: number): EntityKey | undefined
  /** Runs `work` without events and without telling changes: how big accounts are filled. */
  quietly(work: () => void): void
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
  pipelines: 4500,
  fields: 11301,
  enums: 12301,
  sources: 9001,
  webhooks: 1,
}

export function createWorld(now: () => number, queryLagMs: number): World {
  const counters = { ...firstIds }
  const tags = new Map<string, Tag>()
  const contacts = new Map<number, Contact>()
  const companies = new Map<number, Company>()
  const leads = new Map<number, Lead>()
  const tables: Readonly<Record<EntityType, ReadonlyMap<number, Entity>>> = { contacts, companies, leads }
  const phones = createPhoneIndex()
  const notes = createByEntity<Note>()
  const tasks = createByEntity<Task>()
  const seconds = () => Math.floor(now() / 1000)
  let version = 0
  let quiet = false

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
      .filter((lead) => isOpen(lead, world.pipelines))
  }

  const world: World = {
    now,
    seconds,
    account: { subdomain: account.subdomain, unsortedOn: true, apiFilterOn: false },
    pipelines: seedPipelines(),
    fields: seedFields(),
    users: seedUsers(),
    sources: [],
    contacts,
    companies,
    leads,
    notes: new Map(),
    tasks: new Map(),
    unsorted: new Map(),
    events: [],
    popups: [],
    links: createLinks(),
    changes: createChanges(),
    version: () => version,
    nextId,
    find,
    openLeadsOf,
    tag(name) {
      const tag = tags.get(name) ?? { id: nextId('tags'), name }
      tags.set(name, tag)
      return tag
    },
    tags: () => [...tags.values()],
    activeUser: (id) => world.users.some((user) => user.id === id && user.active),
    touch(entity, by, oldResponsible) {
      version += 1
      entity.updatedAt = seconds()
      entity.updatedBy = by
      reindex(entity, now() + queryLagMs, now())
      phones.add(entity)
      world.changes.tell({ kind: 'updated', entity, ...(oldResponsible === undefined ? {} : { oldResponsible }) })
    },
    notesOf: notes.of,
    keepNote(note) {
      world.notes.set(note.id, note)
      notes.add(note.entity, note)
    },
    dropNote(note) {
      world.notes.delete(note.id)
      notes.remove(note.entity, note)
    },
    tasksOf: tasks.of,
    keepTask(task) {
      world.tasks.set(task.id, task)
      if (task.entity !== undefined) tasks.add(task.entity, task)
    },
    moveTask(task, to) {
      if (task.entity !== undefined) tasks.remove(task.entity, task)
      task.entity = to
      if (to !== undefined) tasks.add(to, task)
    },
    moveRecords(from, to) {
      for (const note of notes.take(from)) {
        note.entity = to
        notes.add(to, note)
      }
      for (const task of tasks.take(from)) {
        task.entity = to
        tasks.add(to, task)
      }
    },
    cardOf(phone, lastDigits) {
      const owners = phones
        .find(phone, lastDigits, now())
        .filter((entity) => find(entity) === entity && !(entity.type === 'contacts' && entity.unsorted))
        .toSorted((a, b) => a.createdAt - b.createdAt || a.id - b.id)
      const found = owners.find(({ type }) => type === 'contacts') ?? owners.find(({ type }) => type === 'companies')
      if (found === undefined) return undefined
      const key = { type: found.type, id: found.id }
      const open = openLeadsOf(key)
      return open.length === 1 && open[0] !== undefined ? { type: 'leads', id: open[0].id } : key
    },
    quietly(work) {
      quiet = true
      try {
        world.changes.quietly(work)
      } finally {
        quiet = false
      }
    },
    record(event) {
      if (quiet) return
      const id = `01sandbox${String(nextId('events')).padStart(17, '0')}`
      world.events.push({ createdAt: seconds(), after: [], before: [], ...event, id })
    },
  }
  return world
}

/** Neither closed nor waiting in the incoming stage. */
function isOpen(lead: Lead, pipelines: readonly Pipeline[]): boolean {
  if (lead.deleted || lead.status === won || lead.status === lost) return false
  return pipelines.find(({ id }) => id === lead.pipeline)?.statuses.find(({ id }) => id === lead.status)?.type === 0
}

interface ByEntity<Row> {
  of(key: EntityKey): readonly Row[]
  add(key: EntityKey, row: Row): void
  remove(key: EntityKey, row: Row): void
  take(key: EntityKey): readonly Row[]
}

function createByEntity<Row>(): ByEntity<Row> {
  const rows = new Map<string, Set<Row>>()
  const name = ({ type, id }: EntityKey) => `${type} ${id}`
  return {
    of: (key) => [...(rows.get(name(key)) ?? [])],
    add(key, row) {
      const there = rows.get(name(key))
      if (there === undefined) rows.set(name(key), new Set([row]))
      else there.add(row)
    },
    remove(key, row) {
      rows.get(name(key))?.delete(row)
    },
    take(key) {
      const taken = [...(rows.get(name(key)) ?? [])]
      rows.delete(name(key))
      return taken
    },
  }
}
