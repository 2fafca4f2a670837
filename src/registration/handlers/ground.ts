import type { EntityRef } from '../../crm/port.ts'
import type { Job, Outcome, Proof } from '../../outbox/job.ts'
import { ClientResult, type KnownClient } from './client-result.ts'

/** A job and the client it writes on. */
export interface Grounded<Payload> {
  readonly job: Job<Payload>
  readonly client: KnownClient
}

/** Parts jobs by what the job before found: those with a client go on, the others end here. */
export function ground<Payload>(
  jobs: readonly Job<Payload>[],
  inUnsorted: (lead: number) => unknown,
): { readonly grounded: readonly Grounded<Payload>[]; readonly ended: ReadonlyMap<string, Outcome> } {
  const grounded: Grounded<Payload>[] = []
  const ended = new Map<string, Outcome>()
  for (const job of jobs) {
    const given = ClientResult.safeParse(job.given).data
    if (given === undefined) ended.set(job.key, { kind: 'lost-ground', reason: 'the client of the call is not known' })
    else if (given.kind === 'unsorted') ended.set(job.key, { kind: 'done', result: inUnsorted(given.lead) })
    else if (given.kind === 'nobody') ended.set(job.key, { kind: 'done', result: { skipped: 'unknown client' } })
    else grounded.push({ job, client: given })
  }
  return { grounded, ended }
}

/** A job that ended without a client wrote nothing and needs no proof, even when it was interrupted. */
export function proofOfEnd(end: Outcome | undefined): Proof {
  if (end?.kind === 'done') return { kind: 'found', result: end.result }
  return { kind: 'unknown', reason: 'the client of the call is not known' }
}

export function refOf({ kind, id }: EntityRef): EntityRef {
  return { kind, id }
}

/** The entities of these, each once. */
export function uniqueEntities(entities: readonly EntityRef[]): readonly EntityRef[] {
  return [...new Map(entities.map((each) => [`${each.kind}/${each.id}`, refOf(each)])).values()]
}
