import type { EntityKind, EntityRef, NewTask, StoredTask, WriteOutcome } from '../port.ts'
import type { Api, Query } from './api.ts'
import { PAGE_SIZE } from './clients.ts'
import { onCrmClock } from './crm-clock.ts'
import { chunksOfIds, idsByKind, kindOfPlural, plurals } from './entity-path.ts'
import { Task } from './schema.ts'
import type { Item } from './slimmer-item.ts'
import { writeBatch } from './write-batch.ts'

/** amoCRM's stock task type «Связаться». */
const FOLLOW_UP = 1

export function createTasks(
  api: Api,
  tasks: readonly NewTask[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return writeBatch(api, { method: 'POST', path: '/api/v4/tasks' }, 'tasks', tasks.map(taskItem), signal)
}

function taskItem({ entity, text, owner, deadline, type }: NewTask): Item {
  return {
    text,
    complete_till: Math.floor(deadline / 1000),
    task_type_id: type ?? FOLLOW_UP,
    entity_id: entity.id,
    entity_type: plurals[entity.kind],
    ...(owner !== undefined && { responsible_user_id: owner }),
  }
}

/** @param since our clock, epoch milliseconds */
export async function tasksOn(
  api: Api,
  entities: readonly EntityRef[],
  since: number,
  signal: AbortSignal,
): Promise<readonly StoredTask[]> {
  const from = onCrmClock(api, since)
  // There is no filter by creation; a task changes no earlier than it is created.
  const tasks = await tasksOf(api, entities, ['filter[updated_at][from]', Math.floor(from / 1000)], signal)
  return tasks.filter((task) => task.createdAt >= from - 1000)
}

/** Tasks of these entities that nobody has completed. */
export async function openTasksOn(
  api: Api,
  entities: readonly EntityRef[],
  signal: AbortSignal,
): Promise<readonly StoredTask[]> {
  const tasks = await tasksOf(api, entities, ['filter[is_completed]', 0], signal)
  return tasks.filter((task) => !task.completed)
}

async function tasksOf(
  api: Api,
  entities: readonly EntityRef[],
  filter: Query[number],
  signal: AbortSignal,
): Promise<readonly (StoredTask & { readonly completed: boolean })[]> {
  const requests = idsByKind(entities).flatMap(([kind, ids]) => chunksOfIds(ids).map((chunk) => ({ kind, chunk })))
  const lists = await Promise.all(requests.map(({ kind, chunk }) => tasksOfKind(api, kind, chunk, filter, signal)))
  return lists.flat()
}

async function tasksOfKind(
  api: Api,
  kind: EntityKind,
  ids: readonly number[],
  filter: Query[number],
  signal: AbortSignal,
): Promise<readonly (StoredTask & { readonly completed: boolean })[]> {
  const query: Query = [
    ['filter[entity_type]', plurals[kind]],
    ...ids.map((id) => ['filter[entity_id][]', id] as const),
    filter,
    ['order[id]', 'asc'],
    ['limit', PAGE_SIZE],
  ]
  const tasks: (StoredTask & { readonly completed: boolean })[] = []
  for await (const page of api.pages('/api/v4/tasks', query, { signal })) {
    for (const { entityId, entityType, ...task } of api.entries(page, 'tasks', Task)) {
      const asked = kindOfPlural(entityType) === kind && ids.includes(entityId)
      if (asked) tasks.push({ ...task, entity: { kind, id: entityId } })
    }
  }
  return tasks
}
