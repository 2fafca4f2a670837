import type { TaskChange, TaskState } from '../changes-port.ts'
import type { WriteOutcome } from '../port.ts'
import type { Api, Query } from './api.ts'
import { PAGE_SIZE } from './clients.ts'
import { chunksOfIds, kindOfPlural } from './entity-path.ts'
import { preparedBatch } from './prepared-batch.ts'
import { Task } from './schema.ts'
import type { Item } from './slimmer-item.ts'
import { writeBatch } from './write-batch.ts'

/** These tasks as they stand now; deleted ones do not come. */
export async function tasksById(api: Api, ids: readonly number[], signal: AbortSignal): Promise<readonly TaskState[]> {
  const asked = new Set(ids)
  const found: TaskState[] = []
  for (const chunk of chunksOfIds([...asked])) {
    const query: Query = [...chunk.map((id) => ['filter[id][]', id] as const), ['limit', PAGE_SIZE]]
    for await (const page of api.pages('/api/v4/tasks', query, { signal })) {
      for (const { entityId, entityType, createdAt: _, ...task } of api.entries(page, 'tasks', Task)) {
        const kind = kindOfPlural(entityType)
        if (asked.has(task.id)) found.push({ ...task, entity: kind && { kind, id: entityId } })
      }
    }
  }
  return found
}

/**
 * Changes tasks by id. amoCRM would change a completed one too, so they are looked at first: what a manager has done meanwhile stays as he
 * left it.
 */
export async function changeTasks(
  api: Api,
  changes: readonly TaskChange[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  let open: ReadonlySet<number> = new Set()
  const written = await preparedBatch(
    async () => {
      const tasks = await tasksById(
        api,
        changes.map(({ id }) => id),
        signal,
      )
      open = new Set(tasks.filter(({ completed }) => !completed).map(({ id }) => id))
      return changes.filter(({ id }) => open.has(id)).map(changeItem)
    },
    changes.length,
    (items) => writeBatch(api, { method: 'PATCH', path: '/api/v4/tasks' }, 'tasks', items, signal),
  )
  if (written.length === changes.length) return written
  const outcomes = written.values()
  return changes.map(({ id }) => (open.has(id) ? (outcomes.next().value ?? gone) : gone))
}

const gone: WriteOutcome = { kind: 'entity-gone', reason: 'the task was completed or deleted' }

function changeItem({ id, text, deadline, owner, completedWith }: TaskChange): Item {
  return {
    id,
    ...(text !== undefined && { text }),
    ...(deadline !== undefined && { complete_till: Math.floor(deadline / 1000) }),
    ...(owner !== undefined && { responsible_user_id: owner }),
    ...(completedWith !== undefined && { is_completed: true, result: { text: completedWith } }),
  }
}
