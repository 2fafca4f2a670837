import type { EntityKey, EntityType } from './entities.ts'
import { phonesOf } from './search-index.ts'
import type { World } from './world.ts'

/** What tests and the page see of the state: plain values, instants in unix seconds. */
export interface ClientView {
  readonly id: number
  readonly name: string
  readonly phones: readonly string[]
  readonly owner: number
  readonly createdBy: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: readonly string[]
  /** In the trash or merged away. */
  readonly deleted: boolean
  /** Waits in an incoming lead; always false for companies. */
  readonly unsorted: boolean
}

export interface LeadView {
  readonly id: number
  readonly name: string
  readonly owner: number
  readonly pipeline: number
  readonly status: number
  readonly price: number
  readonly contacts: readonly number[]
  readonly companies: readonly number[]
  readonly createdAt: number
  readonly updatedAt: number
  readonly deleted: boolean
}

export interface NoteView {
  readonly id: number
  readonly entity: EntityKey
  readonly type: string
  readonly params: Readonly<Record<string, unknown>>
  readonly author: number
  readonly owner: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly triggersAutomation: boolean
  readonly origin: 'calls' | 'notes' | 'unsorted'
}

export interface CallNoteView extends Omit<NoteView, 'type' | 'params'> {
  readonly direction: 'in' | 'out'
  readonly phone: unknown
  readonly seconds: unknown
  /** 1–7 as in amoCRM; undefined when it was not sent. */
  readonly status: unknown
  readonly uniq: unknown
  readonly source: unknown
  readonly link: unknown
  readonly result: unknown
  /** User id, or a name as text. */
  readonly responsible: unknown
}

export interface TaskView {
  readonly id: number
  readonly entity: EntityKey | undefined
  readonly text: string
  readonly type: number
  readonly owner: number
  readonly completeTill: number
  readonly completed: boolean
  readonly result: string | undefined
  readonly createdAt: number
  readonly createdBy: number
}

export function clientViews(world: World, type: 'contacts' | 'companies'): ClientView[] {
  return [...world[type].values()].map((entity) => ({
    id: entity.id,
    name: entity.name,
    phones: phonesOf(entity.fields),
    owner: entity.responsibleUser,
    createdBy: entity.createdBy,
    createdAt: entity.createdAt,
    updatedAt: entity.updatedAt,
    tags: entity.tags.map(({ name }) => name),
    deleted: entity.deleted,
    unsorted: entity.type === 'contacts' && entity.unsorted,
  }))
}

export function leadViews(world: World): LeadView[] {
  const linked = (id: number, type: EntityType) => world.links.of({ type: 'leads', id }, type).map(({ to }) => to.id)
  return [...world.leads.values()].map((lead) => ({
    id: lead.id,
    name: lead.name,
    owner: lead.responsibleUser,
    pipeline: lead.pipeline,
    status: lead.status,
    price: lead.price,
    contacts: linked(lead.id, 'contacts'),
    companies: linked(lead.id, 'companies'),
    createdAt: lead.createdAt,
    updatedAt: lead.updatedAt,
    deleted: lead.deleted,
  }))
}

export function noteViews(world: World): NoteView[] {
  return [...world.notes.values()].map((note) => ({
    id: note.id,
    entity: note.entity,
    type: note.noteType,
    params: note.params,
    author: note.createdBy,
    owner: note.responsibleUser,
    createdAt: note.createdAt,
    updatedAt: note.updatedAt,
    triggersAutomation: note.triggersAutomation,
    origin: note.origin,
  }))
}

export function callNoteViews(world: World): CallNoteView[] {
  return noteViews(world)
    .filter(({ type }) => type === 'call_in' || type === 'call_out')
    .map(({ type, params, ...note }) => ({
      ...note,
      direction: type === 'call_in' ? 'in' : 'out',
      phone: params['phone'],
      seconds: params['duration'],
      status: params['call_status'],
      uniq: params['uniq'],
      source: params['source'],
      link: params['link'],
      result: params['call_result'],
      responsible: params['call_responsible'],
    }))
}

export function taskViews(world: World): TaskView[] {
  return [...world.tasks.values()].map((task) => ({
    id: task.id,
    entity: task.entity,
    text: task.text,
    type: task.taskType,
    owner: task.responsibleUser,
    completeTill: task.completeTill,
    completed: task.completed,
    result: task.result?.text,
    createdAt: task.createdAt,
    createdBy: task.createdBy,
  }))
}
