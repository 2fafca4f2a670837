import { z } from 'zod'
import { authorId, filledText, text, unixTime, userId } from '../envelope/entity-schema.ts'
import { byIds, byRange, byTexts, inOrder } from '../envelope/filters.ts'
import { listAnswer, selfLink, writeAnswer } from '../envelope/paging.ts'
import { readBack } from '../envelope/read-back.ts'
import { type Flaw, parseItems, parseObject } from '../envelope/validation.ts'
import { entityTypes, type Task } from '../state/entities.ts'
import { insertTask, taskChanged } from '../state/insert.ts'
import { account, taskTypes } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { badRequest, hal, noContent, notFound, Refused } from '../transport/answer.ts'
import { textAt, valueAt } from '../transport/bracket-query.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'

/** `/api/v4/tasks` (reference amocrm.md 8). */
export function taskRoutes(world: World): Route[] {
  const common = commonWrite(world)
  const create = z.strictObject({
    ...common,
    _embedded: z.strictObject({}).optional(),
    text: filledText,
    complete_till: unixTime,
  })
  const patchShape = {
    ...common,
    ...readBack('tasks'),
    text: filledText.optional(),
    complete_till: unixTime.optional(),
  }
  const patchOne = z.strictObject({ ...patchShape, id: z.int().optional() })
  const patchMany = z.strictObject({ ...patchShape, id: z.int() })
  const entityFlaw = (sent: TaskWrite) => flawOfEntity(world, sent)

  return [
    { method: 'GET', pattern: '/api/v4/tasks', handle: (request) => list(world, request) },
    {
      method: 'GET',
      pattern: '/api/v4/tasks/{id}',
      handle: (request) => {
        const task = world.tasks.get(idParam(request))
        return task === undefined ? noContent : hal(renderTask(request, task))
      },
    },
    {
      method: 'POST',
      pattern: '/api/v4/tasks',
      handle: (request) => {
        const stored = parseItems(request, create, { check: entityFlaw }).map(({ value, requestId }) => {
          const task = insertTask(world, {
            entity: entityOf(value),
            text: value.text,
            taskType: value.task_type_id ?? 1,
            completeTill: value.complete_till,
            completed: value.is_completed ?? false,
            duration: value.duration ?? 0,
            result: value.result,
            responsibleUser: value.responsible_user_id ?? request.user,
            createdBy: value.created_by ?? request.user,
            createdAt: value.created_at ?? world.seconds(),
          })
          return { id: task.id, request_id: requestId, _links: taskLink(request, task) }
        })
        return writeAnswer(request, 'tasks', stored)
      },
    },
    {
      method: 'PATCH',
      pattern: '/api/v4/tasks',
      handle: (request) => {
        const isThere = (sent: { readonly id: number }): Flaw | undefined =>
          world.tasks.has(sent.id) ? undefined : { code: 'NotSupportedChoice', path: 'id' }
        const items = parseItems(request, patchMany, { check: (sent) => isThere(sent) ?? entityFlaw(sent) })
        const changed = items.flatMap(({ value, requestId }) => {
          const task = world.tasks.get(value.id)
          if (task === undefined) return []
          change(world, request, task, value)
          return [{ ...thin(request, task), request_id: requestId }]
        })
        return writeAnswer(request, 'tasks', changed)
      },
    },
    {
      method: 'PATCH',
      pattern: '/api/v4/tasks/{id}',
      handle: (request) => {
        const task = world.tasks.get(idParam(request))
        if (task === undefined) throw new Refused(notFound)
        change(world, request, task, parseObject(request, patchOne, entityFlaw))
        return hal(thin(request, task))
      },
    },
  ]
}

function commonWrite(world: World) {
  return {
    task_type_id: z
      .int()
      .refine((id) => taskTypes.some((type) => type.id === id))
      .optional(),
    entity_id: z.int().optional(),
    entity_type: z.enum(entityTypes).optional(),
    responsible_user_id: userId(world).optional(),
    is_completed: z.boolean().optional(),
    duration: z
      .int()
      .refine((seconds) => seconds >= 0)
      .optional(),
    result: z.strictObject({ text: filledText }).optional(),
    created_by: authorId(world).optional(),
    updated_by: authorId(world).optional(),
    created_at: unixTime.optional(),
    updated_at: unixTime.optional(),
    request_id: text.optional(),
  }
}

type TaskWrite = z.output<z.ZodObject<ReturnType<typeof commonWrite>>>

/** `entity_id` and `entity_type` come together, and the entity is there. */
function flawOfEntity(world: World, sent: TaskWrite): Flaw | undefined {
  if (sent.entity_id === undefined && sent.entity_type === undefined) return undefined
  if (sent.entity_type === undefined) return { code: 'FieldMissing', path: 'entity_type' }
  if (sent.entity_id === undefined) return { code: 'FieldMissing', path: 'entity_id' }
  const found = world.find({ type: sent.entity_type, id: sent.entity_id })
  return found === undefined ? { code: 'NotSupportedChoice', path: 'entity_id' } : undefined
}

function entityOf(sent: TaskWrite): Task['entity'] {
  if (sent.entity_type === undefined || sent.entity_id === undefined) return undefined
  return { type: sent.entity_type, id: sent.entity_id }
}

function change(
  world: World,
  request: ApiRequest,
  task: Task,
  sent: TaskWrite & { readonly text?: string | undefined; readonly complete_till?: number | undefined },
): void {
  const before = { completed: task.completed, responsible: task.responsibleUser }
  task.text = sent.text ?? task.text
  task.completeTill = sent.complete_till ?? task.completeTill
  task.taskType = sent.task_type_id ?? task.taskType
  task.completed = sent.is_completed ?? task.completed
  task.duration = sent.duration ?? task.duration
  task.result = sent.result ?? task.result
  task.responsibleUser = sent.responsible_user_id ?? task.responsibleUser
  world.moveTask(task, entityOf(sent) ?? task.entity)
  taskChanged(world, task, sent.updated_by ?? request.user, before)
}

function list(world: World, request: ApiRequest) {
  const { query } = request
  if (valueAt(query, 'filter', 'entity_id') !== undefined && textAt(query, 'filter', 'entity_type') === undefined)
    throw badRequest('filter[entity_id] needs filter[entity_type]')
  const completed = textAt(query, 'filter', 'is_completed')
  // `created_at` is no filter of tasks: amoCRM ignores it, and so everything comes.
  const tests: ((task: Task) => boolean)[] = [
    byIds(query, 'id', (task) => task.id),
    byIds(query, 'responsible_user_id', (task) => task.responsibleUser),
    byIds(query, 'task_type', (task) => task.taskType),
    byIds(query, 'entity_id', (task) => task.entity?.id ?? 0),
    byTexts(query, 'entity_type', (task) => task.entity?.type ?? ''),
    byRange(query, 'updated_at', (task) => task.updatedAt),
    (task) => completed === undefined || task.completed === (completed === '1'),
    (task) => task.entity === undefined || world.find(task.entity) !== undefined,
  ]
  const rows = [...world.tasks.values()].filter((task) => tests.every((test) => test(task)))
  const ordered = inOrder(query, rows, {
    created_at: (task) => task.createdAt,
    complete_till: (task) => task.completeTill,
    id: (task) => task.id,
  })
  return listAnswer(request, 'tasks', ordered, (task) => renderTask(request, task))
}

function thin(request: ApiRequest, task: Task) {
  return { id: task.id, updated_at: task.updatedAt, _links: taskLink(request, task) }
}

function taskLink(request: ApiRequest, task: Task) {
  return selfLink(request, `/api/v4/tasks/${task.id}`)
}

function renderTask(request: ApiRequest, task: Task) {
  return {
    id: task.id,
    created_by: task.createdBy,
    updated_by: task.updatedBy,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    responsible_user_id: task.responsibleUser,
    group_id: 0,
    entity_id: task.entity?.id ?? null,
    entity_type: task.entity?.type ?? null,
    duration: task.duration,
    is_completed: task.completed,
    task_type_id: task.taskType,
    text: task.text,
    // PHP's empty object: an array until somebody writes a result.
    result: task.result ?? [],
    complete_till: task.completeTill,
    account_id: account.id,
    _links: taskLink(request, task),
  }
}
