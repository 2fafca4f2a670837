import type { Company, Contact, FieldValues, Lead, Note, Tag, Task } from './entities.ts'
import { singular } from './entities.ts'
import { lost, won } from './seed.ts'
import type { World } from './world.ts'

interface NewEntity {
  readonly name: string
  readonly responsibleUser: number
  readonly createdBy: number
  readonly createdAt?: number
  readonly fields?: readonly FieldValues[]
  readonly tags?: readonly Tag[]
}

/** Stores a contact, writes its event; no look for duplicates, as in amoCRM. */
export function insertContact(
  world: World,
  contact: NewEntity & { readonly firstName?: string; readonly lastName?: string; readonly unsorted?: boolean },
): Contact {
  const stored: Contact = {
    ...common(world, world.nextId('contacts'), contact),
    type: 'contacts',
    firstName: contact.firstName ?? '',
    lastName: contact.lastName ?? '',
    unsorted: contact.unsorted ?? false,
  }
  world.contacts.set(stored.id, stored)
  world.changes.tell({ kind: 'added', entity: stored })
  world.touch(stored, contact.createdBy)
  world.record({ type: 'contact_added', entityType: 'contact', entityId: stored.id, createdBy: contact.createdBy })
  return stored
}

export function insertCompany(world: World, company: NewEntity): Company {
  const stored: Company = { ...common(world, world.nextId('companies'), company), type: 'companies' }
  world.companies.set(stored.id, stored)
  world.changes.tell({ kind: 'added', entity: stored })
  world.touch(stored, company.createdBy)
  world.record({ type: 'company_added', entityType: 'company', entityId: stored.id, createdBy: company.createdBy })
  return stored
}

export function insertLead(
  world: World,
  lead: NewEntity & {
    readonly price?: number
    readonly pipeline: number
    readonly status: number
    readonly lossReason?: number
    readonly closedAt?: number
    readonly source?: number
  },
): Lead {
  const stored: Lead = {
    ...common(world, world.nextId('leads'), lead),
    type: 'leads',
    price: lead.price ?? 0,
    pipeline: lead.pipeline,
    status: lead.status,
    lossReason: lead.lossReason ?? null,
    closedAt: isClosed(lead.status) ? (lead.closedAt ?? world.seconds()) : null,
    source: lead.source ?? null,
  }
  world.leads.set(stored.id, stored)
  world.changes.tell({ kind: 'added', entity: stored })
  world.touch(stored, lead.createdBy)
  world.record({ type: 'lead_added', entityType: 'lead', entityId: stored.id, createdBy: lead.createdBy })
  return stored
}

export function isClosed(status: number): boolean {
  return status === won || status === lost
}

function common(world: World, id: number, entity: NewEntity) {
  const now = world.seconds()
  return {
    id,
    name: entity.name,
    responsibleUser: entity.responsibleUser,
    createdBy: entity.createdBy,
    updatedBy: entity.createdBy,
    createdAt: entity.createdAt ?? now,
    updatedAt: now,
    deleted: false,
    fields: entity.fields ?? [],
    tags: entity.tags ?? [],
    searchable: [],
  }
}

/** `created_at` is kept as given, `updated_at` becomes the moment of storing (reference amocrm.md 6.1). */
export function insertNote(
  world: World,
  note: Pick<
    Note,
    'entity' | 'noteType' | 'params' | 'responsibleUser' | 'createdBy' | 'triggersAutomation' | 'origin'
  > & {
    readonly createdAt: number | undefined
  },
): Note {
  const now = world.seconds()
  const createdAt = note.createdAt ?? now
  const stored: Note = {
    ...note,
    id: world.nextId('notes'),
    createdAt,
    updatedAt: now,
    updatedBy: note.createdBy,
    pinned: false,
  }
  world.keepNote(stored)
  world.changes.tell({ kind: 'note', note: stored })
  world.record({
    type: eventTypes[note.noteType] ?? 'common_note_added',
    entityType: singular[note.entity.type],
    entityId: note.entity.id,
    createdBy: note.createdBy,
    createdAt,
    after: [{ note: { id: stored.id } }],
  })
  return stored
}

const eventTypes: Readonly<Record<string, string>> = { call_in: 'incoming_call', call_out: 'outgoing_call' }

export function insertTask(world: World, task: Omit<Task, 'id' | 'updatedAt' | 'updatedBy'>): Task {
  const stored: Task = { ...task, id: world.nextId('tasks'), updatedAt: world.seconds(), updatedBy: task.createdBy }
  world.keepTask(stored)
  world.changes.tell({ kind: 'task-added', task: stored })
  world.record({
    type: 'task_added',
    entityType: 'task',
    entityId: stored.id,
    createdBy: task.createdBy,
    createdAt: task.createdAt,
  })
  return stored
}

/** Stamps a changed task and tells what became of it. */
export function taskChanged(
  world: World,
  task: Task,
  by: number,
  before: { readonly completed: boolean; readonly responsible: number },
): void {
  task.updatedBy = by
  task.updatedAt = world.seconds()
  world.changes.tell({ kind: 'task-updated', task })
  if (task.responsibleUser !== before.responsible)
    world.changes.tell({ kind: 'task-responsible', task, oldResponsible: before.responsible })
  if (before.completed || !task.completed) return
  world.record({ type: 'task_completed', entityType: 'task', entityId: task.id, createdBy: by })
}
