import { z } from 'zod'
import { byIds, byRange, byTexts, inOrder, textsOf, withs } from '../envelope/filters.ts'
import { listAnswer, selfLink, writeAnswer } from '../envelope/paging.ts'
import { type Flaw, type Item, parseItems, parseObject } from '../envelope/validation.ts'
import { type EntityKey, type EntityType, entityTypes, type Note } from '../state/entities.ts'
import { insertNote } from '../state/insert.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { hal, noContent, notFound, Refused } from '../transport/answer.ts'
import { valueAt } from '../transport/bracket-query.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'
import { callParamNames, noteWrite } from './note-schema.ts'

/** `/api/v4/{type}/notes` and `/api/v4/{type}/{entity}/notes` (reference amocrm.md 6). */
export function noteRoutes(world: World): Route[] {
  return entityTypes.flatMap((type) => [...creating(world, type), ...reading(world, type), ...changing(world, type)])
}

function creating(world: World, type: EntityType): Route[] {
  const anywhere = noteWrite(world, { entity_id: z.int() })
  const onEntity = noteWrite(world, {})

  const exists = (entity: number): Flaw | undefined =>
    world.find({ type, id: entity }) === undefined ? { code: 'NotSupportedChoice', path: 'entity_id' } : undefined

  function store(request: ApiRequest, items: readonly Item<NoteWrite>[], entityOf: (note: NoteWrite) => number) {
    const stored = items.map(({ value, requestId }) => {
      const note = insertNote(world, {
        entity: { type, id: entityOf(value) },
        noteType: value.note_type,
        params: value.params,
        responsibleUser: value.responsible_user_id ?? request.user,
        createdBy: value.created_by ?? request.user,
        createdAt: value.created_at,
        triggersAutomation: value.is_need_to_trigger_digital_pipeline ?? true,
        origin: 'notes',
      })
      return { id: note.id, entity_id: note.entity.id, request_id: requestId, _links: noteLink(request, note) }
    })
    return writeAnswer(request, 'notes', stored)
  }

  return [
    {
      method: 'POST',
      pattern: `/api/v4/${type}/notes`,
      handle: (request) => {
        const items = parseItems(request, anywhere, { check: (note) => exists(note.entity_id) })
        return store(request, items, (note) => note.entity_id ?? 0)
      },
    },
    {
      method: 'POST',
      pattern: `/api/v4/${type}/{entity}/notes`,
      handle: (request) => {
        const entity = idParam(request, 'entity')
        return store(request, parseItems(request, onEntity, { check: () => exists(entity) }), () => entity)
      },
    },
  ]
}

interface NoteWrite {
  readonly entity_id?: number | undefined
  readonly note_type: string
  readonly params: Readonly<Record<string, unknown>>
  readonly responsible_user_id?: number | undefined
  readonly created_by?: number | undefined
  readonly updated_by?: number | undefined
  readonly created_at?: number | undefined
  readonly is_need_to_trigger_digital_pipeline?: boolean | undefined
}

function reading(world: World, type: EntityType): Route[] {
  const list = (request: ApiRequest, all: readonly Note[]) => {
    const { query } = request
    // `created_at` is no filter of notes: amoCRM ignores it, and so everything comes.
    const tests = [
      byIds<Note>(query, 'id', (note) => note.id),
      byIds<Note>(query, 'entity_id', (note) => note.entity.id),
      byTexts<Note>(query, 'note_type', (note) => note.noteType),
      byRange<Note>(query, 'updated_at', (note) => note.updatedAt),
    ]
    const rows = all.filter((note) => tests.every((test) => test(note)))
    const ordered = inOrder(query, rows, { updated_at: (note) => note.updatedAt, id: (note) => note.id })
    return listAnswer(request, 'notes', ordered, (note) => renderNote(request, note))
  }
  return [
    {
      method: 'GET',
      pattern: `/api/v4/${type}/notes`,
      handle: (request) => list(request, notesAsked(world, type, request)),
    },
    {
      method: 'GET',
      pattern: `/api/v4/${type}/{entity}/notes`,
      handle: (request) => list(request, notesOn(world, { type, id: idParam(request, 'entity') })),
    },
    {
      method: 'GET',
      pattern: `/api/v4/${type}/notes/{id}`,
      handle: (request) => {
        const note = noteOf(world, type, idParam(request))
        return note === undefined ? noContent : hal(renderNote(request, note))
      },
    },
  ]
}

function changing(world: World, type: EntityType): Route[] {
  const one = noteWrite(world, { id: z.int().optional(), entity_id: z.int().optional() })
  const many = noteWrite(world, { id: z.int(), entity_id: z.int() })
  const find = (id: number) => noteOf(world, type, id)

  const patchOne = (request: ApiRequest) => {
    const entity = request.params['entity']
    const note = find(idParam(request))
    if (note === undefined || (entity !== undefined && note.entity.id !== Number(entity))) throw new Refused(notFound)
    const sent = parseObject(request, one, (value) => mismatch(note, { ...value, entity_id: note.entity.id }))
    change(world, request, note, sent)
    return hal(thinPatch(request, note))
  }
  const pin = (pinned: boolean) => (request: ApiRequest) => {
    const note = noteOf(world, type, idParam(request))
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
        const items = parseItems(request, many, { check: (value) => mismatch(find(value.id), value) })
        const changed = items.flatMap(({ value, requestId }) => {
          const note = find(value.id)
          if (note === undefined) return []
          change(world, request, note, value)
          return [{ ...thinPatch(request, note), request_id: requestId }]
        })
        return writeAnswer(request, 'notes', changed)
      },
    },
    { method: 'POST', pattern: `/api/v4/${type}/{entity}/notes/{id}/pin`, handle: pin(true) },
    { method: 'POST', pattern: `/api/v4/${type}/{entity}/notes/{id}/unpin`, handle: pin(false) },
  ]
}

/** A PATCH names the note's own entity and type. */
function mismatch(
  note: Note | undefined,
  sent: { readonly entity_id: number; readonly note_type: string },
): Flaw | undefined {
  if (note === undefined) return { code: 'NotSupportedChoice', path: 'id' }
  if (note.entity.id !== sent.entity_id) return { code: 'NotSupportedChoice', path: 'entity_id' }
  return note.noteType === sent.note_type ? undefined : { code: 'NotSupportedChoice', path: 'note_type' }
}

/** Notes of an entity in the trash or merged away are gone with it. */
function notesOn(world: World, key: EntityKey): readonly Note[] {
  return world.find(key) === undefined ? [] : world.notesOf(key)
}

/** Named entities need no walk through all notes. */
function notesAsked(world: World, type: EntityType, request: ApiRequest): readonly Note[] {
  const ids = textsOf(valueAt(request.query, 'filter', 'entity_id'))
  if (ids !== undefined) return [...new Set(ids)].flatMap((id) => notesOn(world, { type, id: Number(id) }))
  return [...world.notes.values()].filter(({ entity }) => entity.type === type && world.find(entity) !== undefined)
}

function noteOf(world: World, type: EntityType, id: number): Note | undefined {
  const note = world.notes.get(id)
  return note?.entity.type === type && world.find(note.entity) !== undefined ? note : undefined
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
