import { z } from 'zod'
import { byIds, byRange, byTexts, inOrder, withs } from '../envelope/filters.ts'
import { listAnswer, selfLink, writeAnswer } from '../envelope/paging.ts'
import { invalidItem, parseItems, parseObject } from '../envelope/validation.ts'
import { type EntityType, entityTypes, type Note } from '../state/entities.ts'
import { insertNote } from '../state/insert.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { hal, noContent, notFound, Refused } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'
import { callParamNames, noteWrite } from './note-schema.ts'

/** `/api/v4/{type}/notes` and `/api/v4/{type}/{entity}/notes` (reference amocrm.md 6). */
export function noteRoutes(world: World): Route[] {
  return entityTypes.flatMap((type) => [...creating(world, type), ...reading(world, type), ...changing(world, type)])
}

function creating(world: World, type: EntityType): Route[] {
  const anywhere = noteWrite(world, { entity_id: z.int() })
  const onEntity = noteWrite(world, {})

  function store(request: ApiRequest, items: readonly { value: NoteWrite; requestId: string; entity: number }[]) {
    for (const { entity, requestId } of items) {
      if (world.find({ type, id: entity }) === undefined)
        throw invalidItem(requestId, 'NotSupportedChoice', 'entity_id')
    }
    const stored = items.map(({ value, requestId, entity }) => {
      const note = insertNote(world, {
        entity: { type, id: entity },
        noteType: value.note_type,
        params: value.params,
        responsibleUser: value.responsible_user_id ?? request.user,
        createdBy: value.created_by ?? request.user,
        createdAt: value.created_at,
        triggersAutomation: value.is_need_to_trigger_digital_pipeline ?? true,
        origin: 'notes',
      })
      return { id: note.id, entity_id: entity, request_id: requestId, _links: noteLink(request, note) }
    })
    return writeAnswer(request, 'notes', stored)
  }

  return [
    {
      method: 'POST',
      pattern: `/api/v4/${type}/notes`,
      handle: (request) =>
        store(
          request,
          parseItems(request, anywhere).map((item) => ({ ...item, entity: item.value.entity_id })),
        ),
    },
    {
      method: 'POST',
      pattern: `/api/v4/${type}/{entity}/notes`,
      handle: (request) =>
        store(
          request,
          parseItems(request, onEntity).map((item) => ({ ...item, entity: idParam(request, 'entity') })),
        ),
    },
  ]
}

interface NoteWrite {
  readonly note_type: string
  readonly params: Readonly<Record<string, unknown>>
  readonly responsible_user_id?: number | undefined
  readonly created_by?: number | undefined
  readonly updated_by?: number | undefined
  readonly created_at?: number | undefined
  readonly is_need_to_trigger_digital_pipeline?: boolean | undefined
}

function reading(world: World, type: EntityType): Route[] {
  const list = (request: ApiRequest, mine: (note: Note) => boolean) => {
    const { query } = request
    // `created_at` is no filter of notes: amoCRM ignores it, and so everything comes.
    const tests = [
      mine,
      byIds<Note>(query, 'id', (note) => note.id),
      byIds<Note>(query, 'entity_id', (note) => note.entity.id),
      byTexts<Note>(query, 'note_type', (note) => note.noteType),
      byRange<Note>(query, 'updated_at', (note) => note.updatedAt),
    ]
    const rows = notesOf(world, type).filter((note) => tests.every((test) => test(note)))
    const ordered = inOrder(query, rows, { updated_at: (note) => note.updatedAt, id: (note) => note.id })
    return listAnswer(request, 'notes', ordered, (note) => renderNote(request, note))
  }
  return [
    { method: 'GET', pattern: `/api/v4/${type}/notes`, handle: (request) => list(request, () => true) },
    {
      method: 'GET',
      pattern: `/api/v4/${type}/{entity}/notes`,
      handle: (request) => list(request, (note) => note.entity.id === idParam(request, 'entity')),
    },
    {
      method: 'GET',
      pattern: `/api/v4/${type}/notes/{id}`,
      handle: (request) => {
        const note = notesOf(world, type).find(({ id }) => id === idParam(request))
        return note === undefined ? noContent : hal(renderNote(request, note))
      },
    },
  ]
}

function changing(world: World, type: EntityType): Route[] {
  const one = noteWrite(world, { id: z.int().optional(), entity_id: z.int().optional() })
  const many = noteWrite(world, { id: z.int(), entity_id: z.int() })

  const patchOne = (request: ApiRequest) => {
    const entity = request.params['entity']
    const note = notesOf(world, type).find(
      ({ id, entity: of }) => id === idParam(request) && (entity === undefined || of.id === Number(entity)),
    )
    if (note === undefined) throw new Refused(notFound)
    const sent = parseObject(request, one)
    if (sent.note_type !== note.noteType) throw invalidItem('0', 'NotSupportedChoice', 'note_type')
    change(world, request, note, sent)
    return hal(thinPatch(request, note))
  }
  const pin = (pinned: boolean) => (request: ApiRequest) => {
    const note = notesOf(world, type).find(({ id }) => id === idParam(request))
    if (note === undefined) throw new Refused(notFound)
    note.pinned = pinned
    return noContent
  }

  return [
    { method: 'PATCH', pattern: `/api/v4/${type}/notes/{id}`, handle: patchOne },
    { method: 'PATCH', pattern: `/api/v4/${type}/{entity}/notes/{id}`, handle: patchOne },
    {
      method: 'PATCH',
      pattern: `/api/v4/${type}/notes`,
      handle: (request) => {
        const items = parseItems(request, many).map(({ value, requestId }) => {
          const note = notesOf(world, type).find(({ id }) => id === value.id)
          if (note === undefined) throw invalidItem(requestId, 'NotSupportedChoice', 'id')
          if (note.entity.id !== value.entity_id) throw invalidItem(requestId, 'NotSupportedChoice', 'entity_id')
          if (note.noteType !== value.note_type) throw invalidItem(requestId, 'NotSupportedChoice', 'note_type')
          return { note, value, requestId }
        })
        for (const { note, value } of items) change(world, request, note, value)
        return writeAnswer(
          request,
          'notes',
          items.map(({ note, requestId }) => ({ ...thinPatch(request, note), request_id: requestId })),
        )
      },
    },
    { method: 'POST', pattern: `/api/v4/${type}/{entity}/notes/{id}/pin`, handle: pin(true) },
    { method: 'POST', pattern: `/api/v4/${type}/{entity}/notes/{id}/unpin`, handle: pin(false) },
  ]
}

/** Notes of an entity in the trash or merged away are gone with it. */
function notesOf(world: World, type: EntityType): Note[] {
  return [...world.notes.values()].filter(({ entity }) => entity.type === type && world.find(entity) !== undefined)
}

function change(world: World, request: ApiRequest, note: Note, sent: NoteWrite): void {
  note.params = sent.params
  note.responsibleUser = sent.responsible_user_id ?? note.responsibleUser
  note.createdBy = sent.created_by ?? note.createdBy
  note.createdAt = sent.created_at ?? note.createdAt
  note.updatedBy = sent.updated_by ?? request.user
  note.updatedAt = world.seconds()
}

function thinPatch(request: ApiRequest, note: Note) {
  return { id: note.id, entity_id: note.entity.id, updated_at: note.updatedAt, _links: noteLink(request, note) }
}

function noteLink(request: ApiRequest, note: Note) {
  return selfLink(request, `/api/v4/${note.entity.type}/${note.entity.id}/notes/${note.id}`)
}

function renderNote(request: ApiRequest, note: Note) {
  const isCall = note.noteType === 'call_in' || note.noteType === 'call_out'
  const params = isCall
    ? Object.fromEntries(callParamNames.map((name) => [name, note.params[name] ?? null]))
    : note.params
  return {
    id: note.id,
    entity_id: note.entity.id,
    created_by: note.createdBy,
    updated_by: note.updatedBy,
    created_at: note.createdAt,
    updated_at: note.updatedAt,
    responsible_user_id: note.responsibleUser,
    group_id: 0,
    note_type: note.noteType,
    params,
    ...(withs(request.query).has('is_pinned') ? { is_pinned: note.pinned } : {}),
    account_id: account.id,
    _links: noteLink(request, note),
  }
}
