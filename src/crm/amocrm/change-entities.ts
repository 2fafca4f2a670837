import type { EntityChange } from '../leads-port.ts'
import type { EntityKind, WriteOutcome } from '../port.ts'
import type { Api } from './api.ts'
import type { FieldWriter } from './custom-fields.ts'
import { plurals } from './entity-path.ts'
import { preparedBatch } from './prepared-batch.ts'
import type { Item } from './slimmer-item.ts'
import { tagItems } from './tag-items.ts'
import { writeBatch } from './write-batch.ts'

/**
 * Changes of what is there, one request for many. Only what is named travels: an object read and sent back whole is refused for its nulls and its
 * dismissed author (reference amocrm.md 18, trap 21). A field that is sent loses its other values.
 */
export async function changeEntities(
  api: Api,
  fields: FieldWriter,
  changes: readonly EntityChange[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  // One after another: what comes later about the same entity must win.
  for (const places of rounds(changes)) {
    const round = places.flatMap((at) => changes[at] ?? [])
    const kind = round[0]?.entity.kind
    if (kind === undefined) continue
    const written = await changeOfKind(api, fields, kind, round, signal)
    for (const [nth, outcome] of written.entries()) outcomes[places[nth] ?? 0] = outcome
  }
  return outcomes
}

/** Places that travel together: one kind, and no entity twice. */
function rounds(changes: readonly EntityChange[]): readonly (readonly number[])[] {
  const found = new Map<string, number[]>()
  const seen = new Map<string, number>()
  for (const [at, { entity }] of changes.entries()) {
    const name = `${entity.kind} ${entity.id}`
    const turn = seen.get(name) ?? 0
    seen.set(name, turn + 1)
    const round = `${turn} ${entity.kind}`
    found.set(round, [...(found.get(round) ?? []), at])
  }
  return [...found.entries()]
    .toSorted(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map(([, at]) => at)
}

function changeOfKind(
  api: Api,
  fields: FieldWriter,
  kind: EntityKind,
  changes: readonly EntityChange[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const path = `/api/v4/${plurals[kind]}`
  return preparedBatch(
    () => Promise.all(changes.map((change) => changeItem(change, fields, signal))),
    changes.length,
    (items) => writeBatch(api, { method: 'PATCH', path }, plurals[kind], items, signal),
  )
}

async function changeItem(change: EntityChange, fields: FieldWriter, signal: AbortSignal): Promise<Item> {
  const { entity, owner, name, tags, status } = change
  const custom = await fields.changes(entity.kind, change.fields, signal)
  return {
    id: entity.id,
    ...(owner !== undefined && { responsible_user_id: owner }),
    ...(name !== undefined && { name }),
    ...(custom.length > 0 && { custom_fields_values: custom }),
    ...tagItems(tags),
    // A stage means nothing without its pipeline (reference amocrm.md 4.4).
    ...(status !== undefined && { pipeline_id: status.pipeline, status_id: status.status }),
  }
}
