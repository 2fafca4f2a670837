import type { Change } from '../state/changes.ts'
import { type EntityType, singular } from '../state/entities.ts'

const ofEntities = ['lead', 'contact', 'company', 'customer'] as const

/** What one can subscribe to (reference amocrm.md 11.1); the codes of incoming leads are not in its lists, but the page offers them. */
export const webhookCodes: readonly string[] = [
  ...ofEntities.flatMap((entity) =>
    ['add', 'update', 'delete', 'responsible', 'note'].map((action) => `${action}_${entity}`),
  ),
  ...['lead', 'contact', 'company'].map((entity) => `restore_${entity}`),
  'status_lead',
  'add_task',
  'update_task',
  'delete_task',
  'responsible_task',
  'add_unsorted',
  'update_unsorted',
  'delete_unsorted',
  'add_talk',
  'update_talk',
  'add_message',
  'add_chat_template_review',
]

/** The code a change is sent under. */
export function codeOf(change: Change): string {
  switch (change.kind) {
    case 'added':
      return `add_${singular[change.entity.type]}`
    case 'restored':
      return `restore_${singular[change.entity.type]}`
    case 'updated':
      return `update_${singular[change.entity.type]}`
    case 'responsible':
      return `responsible_${singular[change.entity.type]}`
    case 'status':
      return 'status_lead'
    case 'deleted':
      return `delete_${singular[change.type]}`
    case 'note':
      return `note_${singular[change.note.entity.type]}`
    case 'task-added':
      return 'add_task'
    case 'task-updated':
      return 'update_task'
    case 'task-deleted':
      return 'delete_task'
    case 'task-responsible':
      return 'responsible_task'
    case 'unsorted-added':
      return 'add_unsorted'
    case 'unsorted-accepted':
      return 'update_unsorted'
    case 'unsorted-declined':
      return 'delete_unsorted'
    default:
      return unreachable(change)
  }
}

/** Companies travel under `contacts` with a type of their own (reference amocrm.md 11.3). */
export const formKeys: Readonly<Record<EntityType, string>> = {
  leads: 'leads',
  contacts: 'contacts',
  companies: 'contacts',
}

/** `element_type` of notes and tasks. */
export const elementTypes: Readonly<Record<EntityType, number>> = { contacts: 1, leads: 2, companies: 3 }

function unreachable(change: never): never {
  throw new Error(`unknown change ${JSON.stringify(change)}`)
}
