import type { CallNoteChange } from '../changes-port.ts'
import type { CallNoteStatus, EntityKind, EntityRef, NewCallNote, StoredCallNote, WriteOutcome } from '../port.ts'
import type { Api, Query } from './api.ts'
import { type ChangeReading, changedEntities } from './changed-entities.ts'
import { PAGE_SIZE } from './clients.ts'
import { onCrmClock } from './crm-clock.ts'
import { chunksOfIds, idsByKind, plurals } from './entity-path.ts'
import { CallNote, type Page } from './schema.ts'
import type { Item } from './slimmer-item.ts'
import { writeBatch } from './write-batch.ts'

/** amoCRM's `call_status` (reference amocrm.md 5.1). */
const statuses: Readonly<Record<CallNoteStatus, number>> = {
  voicemail: 1,
  answered: 4,
  'wrong-number': 5,
  'not-reached': 6,
  busy: 7,
}

/**
 * Call notes on known entities: `/calls` would look the client up by itself, and its search lags behind creations.
 * @param source name of the telephony in the CRM's feed
 */
export function createCallNotes(
  api: Api,
  source: string,
  notes: readonly NewCallNote[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return writeByKind(
    api,
    'POST',
    notes.map((note) => [note.entity.kind, callNoteItem(note, source)] as const),
    signal,
  )
}

/**
 * Call notes told anew. amoCRM replaces a note's params as a whole, so all of them travel, with the note's own type and entity
 * (reference amocrm.md 6.3). When it was made, and whether it may set off automations, was settled when it was made.
 */
export function changeCallNotes(
  api: Api,
  source: string,
  changes: readonly CallNoteChange[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const items = changes.map(({ id, note }) => {
    const { created_at: _, is_need_to_trigger_digital_pipeline: __, ...item } = callNoteItem(note, source)
    return [note.entity.kind, { id, ...item }] as const
  })
  return writeByKind(api, 'PATCH', items, signal)
}

/** Each kind of entity has a list of notes of its own. */
async function writeByKind(
  api: Api,
  method: 'POST' | 'PATCH',
  items: readonly (readonly [EntityKind, Item])[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  const kinds = [...new Set(items.map(([kind]) => kind))]
  await Promise.all(
    kinds.map(async (kind) => {
      const places = [...items.keys()].filter((at) => items[at]?.[0] === kind)
      const own = items.filter(([each]) => each === kind).map(([, item]) => item)
      const written = await writeBatch(api, { method, path: notesPath(kind) }, 'notes', own, signal)
      for (const [nth, outcome] of written.entries()) outcomes[places[nth] ?? 0] = outcome
    }),
  )
  return outcomes
}

/** Absent keys are left out, never null: amoCRM refuses null (reference amocrm.md 5.1). */
export function callNoteItem(note: NewCallNote, source: string): Item {
  return {
    entity_id: note.entity.id,
    note_type: note.direction === 'in' ? 'call_in' : 'call_out',
    created_at: Math.floor(note.startedAt / 1000),
    ...(note.author !== undefined && { created_by: note.author, responsible_user_id: note.author }),
    ...(note.quiet && { is_need_to_trigger_digital_pipeline: false }),
    params: {
      uniq: note.uniq,
      duration: Math.round(note.talkSeconds),
      source,
      phone: note.phone,
      call_status: statuses[note.status],
      ...(note.person !== undefined && { call_responsible: note.person }),
      ...(note.text !== undefined && { call_result: note.text }),
      ...(note.recordingUrl !== undefined && { link: note.recordingUrl }),
    },
  }
}

const CALLS_ONLY: Query = [
  ['filter[note_type][]', 'call_in'],
  ['filter[note_type][]', 'call_out'],
]

/**
 * Call notes standing on these entities and written since then.
 * @param since our clock, epoch milliseconds
 */
export async function callNotesOn(
  api: Api,
  entities: readonly EntityRef[],
  since: number,
  signal: AbortSignal,
): Promise<readonly StoredCallNote[]> {
  const requests = idsByKind(entities).flatMap(([kind, ids]) => chunksOfIds(ids).map((chunk) => ({ kind, chunk })))
  const lists = await Promise.all(requests.map(({ kind, chunk }) => notesOf(api, kind, chunk, since, signal)))
  return lists.flat()
}

/** @param since our clock, epoch milliseconds */
export function leadCallNotesSince(api: Api, since: number, signal: AbortSignal): Promise<readonly StoredCallNote[]> {
  return notesOf(api, 'lead', undefined, since, signal)
}

/** Call notes of one kind of entity written or changed since then, page by page, the least recently changed first. */
export async function* callNotesChangedSince(
  api: Api,
  kind: EntityKind,
  reading: ChangeReading,
): AsyncGenerator<readonly StoredCallNote[]> {
  const read = async (page: Page) => api.entries(page, 'notes', CallNote).map((note) => storedNote(kind, note))
  const lists = [{ path: notesPath(kind), query: CALLS_ONLY, read }]
  for await (const { entities } of changedEntities(api, lists, reading)) if (entities.length > 0) yield entities
}

/** @param ids undefined: of all entities of the kind */
async function notesOf(
  api: Api,
  kind: EntityKind,
  ids: readonly number[] | undefined,
  since: number,
  signal: AbortSignal,
): Promise<readonly StoredCallNote[]> {
  // A note's time of change is the moment it was written, whatever start its call had (reference amocrm.md 6.1).
  const query: Query = [
    ...(ids ?? []).map((id) => ['filter[entity_id][]', id] as const),
    ...CALLS_ONLY,
    ['filter[updated_at][from]', Math.floor(onCrmClock(api, since) / 1000)],
    ['order[id]', 'asc'],
    ['limit', PAGE_SIZE],
  ]
  const notes: StoredCallNote[] = []
  for await (const page of api.pages(notesPath(kind), query, { signal })) {
    for (const note of api.entries(page, 'notes', CallNote)) {
      if (ids === undefined || ids.includes(note.entityId)) notes.push(storedNote(kind, note))
    }
  }
  return notes
}

function storedNote(kind: EntityKind, { entityId, callStatus, ...note }: CallNote): StoredCallNote {
  const status = statusOf(callStatus)
  return { ...note, entity: { kind, id: entityId }, ...(status && { status }) }
}

function statusOf(number: number): CallNoteStatus | undefined {
  const words: readonly CallNoteStatus[] = ['voicemail', 'answered', 'wrong-number', 'not-reached', 'busy']
  return words.find((word) => statuses[word] === number)
}

function notesPath(kind: EntityKind): string {
  return `/api/v4/${plurals[kind]}/notes`
}
