import type { Change } from '../state/changes.ts'
import type { Entity, EntityType, Lead, Note, Task, Unsorted } from '../state/entities.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { elementTypes, formKeys } from './codes.ts'
import type { FormTree, FormValue } from './php-form.ts'

/**
 * The form fields of one webhook: the names of API v2, one kind of change of one or several things, and the tail that says whose
 * account it is (reference amocrm.md 11.3).
 */
export function payloadOf(world: World, changes: readonly Change[], base: string): FormTree {
  const items = changes.map((change) => itemOf(world, change))
  const [first] = items
  return {
    ...(first === undefined ? {} : { [first.key]: { [first.action]: items.map(({ item }) => item) } }),
    account: { subdomain: world.account.subdomain, id: account.id, _links: { self: base } },
  }
}

interface Item {
  readonly key: string
  readonly action: string
  readonly item: FormTree
}

function itemOf(world: World, change: Change): Item {
  switch (change.kind) {
    case 'added':
      return about(change.entity.type, 'add', entityForm(world, change.entity))
    case 'restored':
      return about(change.entity.type, 'restore', entityForm(world, change.entity))
    case 'updated':
      return about(change.entity.type, 'update', {
        ...entityForm(world, change.entity),
        old_responsible_user_id: change.oldResponsible,
      })
    case 'responsible':
      // Of contacts and companies this, too, is an update.
      return about(change.entity.type, change.entity.type === 'leads' ? 'responsible' : 'update', {
        ...entityForm(world, change.entity),
        old_responsible_user_id: change.oldResponsible,
      })
    case 'status':
      return about('leads', 'status', {
        ...entityForm(world, change.entity),
        old_status_id: change.oldStatus,
        old_pipeline_id: change.oldPipeline,
      })
    case 'deleted':
      return about(change.type, 'delete', deletedForm(change.type, change.id, change.lead))
    case 'note':
      return about(change.note.entity.type, 'note', { note: noteForm(change.note) })
    case 'task-added':
      return { key: 'task', action: 'add', item: taskForm(change.task) }
    case 'task-updated':
      return { key: 'task', action: 'update', item: taskForm(change.task) }
    case 'task-deleted':
      return { key: 'task', action: 'delete', item: taskForm(change.task) }
    case 'task-responsible': {
      const item = { ...taskForm(change.task), old_responsible_user_id: change.oldResponsible }
      return { key: 'task', action: 'update', item }
    }
    case 'unsorted-added':
      return { key: 'unsorted', action: 'add', item: unsortedForm(change.entry) }
    case 'unsorted-accepted':
      return { key: 'unsorted', action: 'update', item: sortedForm(change.entry, 'accept') }
    case 'unsorted-declined':
      return { key: 'unsorted', action: 'delete', item: sortedForm(change.entry, 'decline') }
    default:
      return unreachable(change)
  }
}

function about(type: EntityType, action: string, item: FormTree): Item {
  return { key: formKeys[type], action, item }
}

function entityForm(world: World, entity: Entity): FormTree {
  const common = {
    id: entity.id,
    name: entity.name,
    responsible_user_id: entity.responsibleUser,
    group_id: 0,
    date_create: entity.createdAt,
    last_modified: entity.updatedAt,
    created_user_id: entity.createdBy,
    modified_user_id: entity.updatedBy,
    account_id: account.id,
    custom_fields: entity.fields.map(({ field, values }) => ({
      id: field.id,
      name: field.name,
      code: field.code,
      values: values.map((value) => ({ value: value.value, enum: value.enum?.id })),
    })),
    tags: entity.tags.map(({ id, name }) => ({ id, name })),
    created_at: entity.createdAt,
    updated_at: entity.updatedAt,
  }
  if (entity.type === 'leads')
    return { ...common, status_id: entity.status, price: entity.price, pipeline_id: entity.pipeline }
  const linked = (type: EntityType) => world.links.of({ type: entity.type, id: entity.id }, type).map(({ to }) => to.id)
  const company = entity.type === 'contacts' ? linked('companies')[0] : undefined
  return {
    ...common,
    company_name: company === undefined ? undefined : world.companies.get(company)?.name,
    linked_company_id: company,
    linked_leads_id: Object.fromEntries(linked('leads').map((id) => [id, { ID: id }])),
    type: entity.type === 'contacts' ? 'contact' : 'company',
  }
}

/** Nothing else is told of what is gone. */
function deletedForm(type: EntityType, id: number, lead: Lead | undefined): FormTree {
  if (type === 'leads') return { id, status_id: lead?.status, pipeline_id: lead?.pipeline }
  return { id, type: type === 'contacts' ? 'contact' : 'company' }
}

const noteTypes: Readonly<Record<string, number>> = {
  common: 4,
  attachment: 5,
  call_in: 10,
  call_out: 11,
  service_message: 25,
  extended_service_message: 25,
  sms_in: 102,
  sms_out: 103,
}

function noteForm(note: Note): FormTree {
  return {
    id: note.id,
    note_type: noteTypes[note.noteType] ?? 4,
    element_type: elementTypes[note.entity.type],
    element_id: note.entity.id,
    text: note.noteType.startsWith('call_') ? JSON.stringify(callText(note.params)) : String(note.params['text'] ?? ''),
    date_create: dateText(note.createdAt),
    created_by: note.createdBy,
    main_user_id: note.responsibleUser,
    account_id: account.id,
    metadata: { event_source: { type: 3 } },
  }
}

/** The keys calls had in API v2. */
function callText(params: Note['params']) {
  return {
    UNIQ: params['uniq'],
    LINK: params['link'],
    PHONE: params['phone'],
    DURATION: params['duration'],
    SRC: params['source'],
    call_status: params['call_status'],
    call_result: params['call_result'],
  }
}

function taskForm(task: Task): FormTree {
  return {
    id: task.id,
    element_id: task.entity?.id ?? 0,
    element_type: task.entity === undefined ? 0 : elementTypes[task.entity.type],
    task_type: task.taskType,
    date_create: dateText(task.createdAt),
    text: task.text,
    status: task.completed ? 1 : 0,
    account_id: account.id,
    created_user_id: task.createdBy,
    last_modified: dateText(task.updatedAt),
    responsible_user_id: task.responsibleUser,
    complete_till: dateText(task.completeTill),
    complete_before: task.completeTill,
    action_close: task.completed ? 1 : 0,
    result: task.result === undefined ? undefined : { id: task.id, text: task.result.text },
  }
}

function unsortedForm(entry: Unsorted): FormTree {
  const told = (name: string): FormValue => {
    const value = entry.metadata[name]
    return typeof value === 'string' || typeof value === 'number' ? value : undefined
  }
  const call = {
    phone: told('phone'),
    from: told('from'),
    date: told('called_at'),
    duration: told('duration'),
    link: told('link'),
    service_code: told('service_code'),
  }
  return {
    uid: entry.uid,
    source: entry.sourceName,
    source_uid: entry.sourceUid,
    category: entry.category,
    source_data: { source_name: entry.sourceName, ...(entry.category === 'sip' ? { data: call } : {}) },
    lead_id: entry.lead,
    pipeline_id: entry.pipeline,
    created_at: entry.createdAt,
  }
}

function sortedForm(entry: Unsorted, action: 'accept' | 'decline'): FormTree {
  const result = { leads: [entry.lead], contacts: entry.contacts, companies: entry.companies }
  return { ...unsortedForm(entry), action, modified_user_id: entry.sortedBy, [`${action}_result`]: result }
}

/** The account's own time (Moscow), as text. */
function dateText(seconds: number): string {
  const moscow = 3 * 3600
  return new Date((seconds + moscow) * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

function unreachable(change: never): never {
  throw new Error(`unknown change ${JSON.stringify(change)}`)
}
