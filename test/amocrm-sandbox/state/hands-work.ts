import { type Entity, type EntityKey, type EntityType, type FieldValues, singular, type Unsorted } from './entities.ts'
import type { WorkHands } from './hand-types.ts'
import { isClosed, taskChanged } from './insert.ts'
import { multitext, somebody } from './multitext.ts'
import { acceptUnsorted, declineUnsorted } from './sort-unsorted.ts'
import type { World } from './world.ts'

/** Cards, stages, tasks and incoming leads, by a person's hand. */
export function createWorkHands(world: World): WorkHands {
  const waiting = (lead: number): Unsorted | undefined =>
    [...world.unsorted.values()].find((entry) => entry.lead === lead && entry.state === 'waiting')
  const entryOf = (uid: string): Unsorted => {
    const entry = world.unsorted.get(uid)
    if (entry?.state !== 'waiting') throw new Error(`no incoming lead ${uid} waits in the sandbox`)
    return entry
  }
  const taskOf = (id: number) => {
    const task = world.tasks.get(id)
    if (task === undefined) throw new Error(`the sandbox has no task ${id}`)
    return task
  }

  function edit(entity: Entity, change: { readonly name?: string; readonly owner?: number }): void {
    const before = entity.responsibleUser
    entity.name = change.name ?? entity.name
    entity.responsibleUser = change.owner ?? before
    const passed = entity.responsibleUser !== before
    world.touch(entity, somebody, passed ? before : undefined)
    if (!passed) return
    world.changes.tell({ kind: 'responsible', entity, oldResponsible: before })
    world.record({
      type: 'entity_responsible_changed',
      entityType: singular[entity.type],
      entityId: entity.id,
      createdBy: somebody,
      after: [{ responsible_user: { id: entity.responsibleUser } }],
      before: [{ responsible_user: { id: before } }],
    })
  }

  function trash(type: EntityType, id: number): void {
    const entity = existing(world, { type, id })
    entity.deleted = true
    world.touch(entity, somebody)
    world.changes.tell({ kind: 'deleted', type, id, ...(entity.type === 'leads' ? { lead: entity } : {}) })
    world.record({ type: `${singular[type]}_deleted`, entityType: singular[type], entityId: id, createdBy: somebody })
  }

  function restore(type: EntityType, id: number): void {
    const entity = world[type].get(id)
    if (entity === undefined || !entity.deleted) throw new Error(`${type} ${id} is not in the sandbox's trash`)
    entity.deleted = false
    world.changes.tell({ kind: 'restored', entity })
    world.touch(entity, somebody)
    world.record({ type: `${singular[type]}_restored`, entityType: singular[type], entityId: id, createdBy: somebody })
  }

  return {
    editContact(id, change) {
      const contact = existing(world, { type: 'contacts', id })
      if (change.phones !== undefined) {
        const phones = multitext(world, 'contacts', 'PHONE', change.phones)
        const others = contact.fields.filter(({ field }) => field.id !== phones.field.id)
        contact.fields = phones.values.length === 0 ? others : [phones, ...others]
      }
      edit(contact, change)
    },
    editLead: (id, change) => edit(existing(world, { type: 'leads', id }), change),
    moveLead(id, to) {
      const lead = existing(world, { type: 'leads', id })
      const entry = waiting(id)
      if (lead.type !== 'leads') return
      if (entry !== undefined) {
        acceptUnsorted(world, entry, somebody, to.status)
        return
      }
      const before = { pipeline_id: lead.pipeline, id: lead.status }
      lead.pipeline = to.pipeline ?? lead.pipeline
      lead.status = to.status
      const stages = world.pipelines.find((pipeline) => pipeline.id === lead.pipeline)?.statuses ?? []
      if (!stages.some((status) => status.id === to.status))
        throw new Error(`no stage ${to.status} in ${lead.pipeline}`)
      lead.closedAt = isClosed(lead.status) ? world.seconds() : null
      world.touch(lead, somebody)
      world.changes.tell({ kind: 'status', entity: lead, oldStatus: before.id, oldPipeline: before.pipeline_id })
      world.record({
        type: 'lead_status_changed',
        entityType: 'lead',
        entityId: id,
        createdBy: somebody,
        after: [{ lead_status: { id: lead.status, pipeline_id: lead.pipeline } }],
        before: [{ lead_status: before }],
      })
    },
    mergeContacts(loser, winner) {
      const from = existing(world, { type: 'contacts', id: loser })
      const to = existing(world, { type: 'contacts', id: winner })
      to.fields = withValuesOf(to.fields, from.fields)
      world.links.move({ type: 'contacts', id: loser }, { type: 'contacts', id: winner })
      world.moveRecords({ type: 'contacts', id: loser }, { type: 'contacts', id: winner })
      world.contacts.delete(loser)
      world.changes.tell({ kind: 'deleted', type: 'contacts', id: loser })
      world.touch(to, somebody)
      world.record({
        type: 'entity_merged',
        entityType: 'contact',
        entityId: winner,
        createdBy: somebody,
        before: [{ contact: { id: loser } }],
      })
    },
    deleteContact: (id) => trash('contacts', id),
    deleteCompany: (id) => trash('companies', id),
    deleteLead(id) {
      const entry = waiting(id)
      if (entry === undefined) trash('leads', id)
      else declineUnsorted(world, entry, somebody)
    },
    restoreContact: (id) => restore('contacts', id),
    restoreCompany: (id) => restore('companies', id),
    restoreLead: (id) => restore('leads', id),
    completeTask(id, result) {
      const task = taskOf(id)
      const before = { completed: task.completed, responsible: task.responsibleUser }
      task.completed = true
      if (result !== undefined) task.result = { text: result }
      taskChanged(world, task, somebody, before)
    },
    deleteNote(id) {
      const note = world.notes.get(id)
      if (note === undefined) throw new Error(`the sandbox has no note ${id}`)
      world.dropNote(note)
    },
    deleteTask(id) {
      const task = taskOf(id)
      world.moveTask(task, undefined)
      world.tasks.delete(id)
      world.changes.tell({ kind: 'task-deleted', task })
    },
    acceptUnsorted: (uid, by = {}) => acceptUnsorted(world, entryOf(uid), by.user ?? somebody, by.status),
    declineUnsorted: (uid, by = {}) => declineUnsorted(world, entryOf(uid), by.user ?? somebody),
  }
}

function existing(world: World, entity: EntityKey): Entity {
  const found = world.find(entity)
  if (found === undefined) throw new Error(`the sandbox has no ${entity.type} ${entity.id}`)
  return found
}

function withValuesOf(own: readonly FieldValues[], other: readonly FieldValues[]): FieldValues[] {
  const merged = own.map((entry) => {
    const more = other.find(({ field: { id } }) => id === entry.field.id)?.values ?? []
    return {
      ...entry,
      values: [...entry.values, ...more.filter(({ value }) => !entry.values.some((known) => known.value === value))],
    }
  })
  return [...merged, ...other.filter((entry) => !own.some(({ field: { id } }) => id === entry.field.id))]
}
