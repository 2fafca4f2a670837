import type { Unsorted } from './entities.ts'
import type { Pipeline } from './seed.ts'
import type { World } from './world.ts'

/** Where incoming leads of a pipeline wait; undefined when a person switched them off there or in the whole account. */
export function incomingStage(
  world: World,
  pipelineId: number | undefined,
): { readonly pipeline: number; readonly status: number } | undefined {
  const pipeline = world.pipelines.find(({ id, main }) => (pipelineId === undefined ? main : id === pipelineId))
  const stage = pipeline?.statuses.find(({ type }) => type === 1)
  if (!world.account.unsortedOn || pipeline?.unsortedOn !== true || stage === undefined) return undefined
  return { pipeline: pipeline.id, status: stage.id }
}

/** The first stage of ordinary work. */
export function firstOrdinary(pipelines: readonly Pipeline[], pipelineId: number): number | undefined {
  return pipelines.find(({ id }) => id === pipelineId)?.statuses.find(({ type }) => type === 0)?.id
}

/** The lead moves on, its contact becomes an ordinary one; both belong to who accepted (reference amocrm.md 7.2). */
export function acceptUnsorted(world: World, entry: Unsorted, by: number, status: number | undefined): void {
  sorted(world, entry, 'accepted', by)
  const lead = world.leads.get(entry.lead)
  const target = status ?? firstOrdinary(world.pipelines, entry.pipeline)
  if (lead !== undefined && target !== undefined) {
    const before = { pipeline_id: lead.pipeline, id: lead.status }
    lead.status = target
    lead.responsibleUser = by
    world.touch(lead, by)
    world.changes.tell({ kind: 'status', entity: lead, oldStatus: before.id, oldPipeline: before.pipeline_id })
    world.record({
      type: 'lead_status_changed',
      entityType: 'lead',
      entityId: lead.id,
      createdBy: by,
      after: [{ lead_status: { id: lead.status, pipeline_id: lead.pipeline } }],
      before: [{ lead_status: before }],
    })
  }
  for (const id of entry.contacts) {
    const contact = world.contacts.get(id)
    if (contact === undefined) continue
    contact.unsorted = false
    contact.responsibleUser = by
    world.touch(contact, by)
  }
}

/** Lead and new contact go with it. */
export function declineUnsorted(world: World, entry: Unsorted, by: number): void {
  sorted(world, entry, 'declined', by)
  const gone = [
    { type: 'leads', id: entry.lead } as const,
    ...entry.contacts.map((id) => ({ type: 'contacts', id }) as const),
  ]
  for (const key of gone) {
    const entity = world.find(key)
    if (entity === undefined) continue
    entity.deleted = true
    world.touch(entity, by)
    world.changes.tell({ kind: 'deleted', ...key, ...(entity.type === 'leads' ? { lead: entity } : {}) })
  }
}

function sorted(world: World, entry: Unsorted, state: 'accepted' | 'declined', by: number): void {
  entry.state = state
  entry.sortedAt = world.seconds()
  entry.sortedBy = by
  world.changes.tell({ kind: `unsorted-${state}`, entry })
}
