import type { Logger } from 'pino'
import type { JobChange, OutboxStore, StoredJob } from '../store/ports.ts'
import { tell } from './tell.ts'

export interface SaveAndTellDeps {
  readonly store: Pick<OutboxStore, 'change' | 'get'>
  readonly log: Pick<Logger, 'error'>
  /** After the disk has it. */
  readonly onDone?: (job: StoredJob, result: unknown) => void
  /** After the disk has it; also for jobs that died with the job they build on. */
  readonly onDead?: (job: StoredJob, reason: string) => void
}

/** Writes changes down, then tells who listens. A listener hears of nothing the disk does not have, and after a crash may never hear of what it has. */
export async function saveAndTell(
  { store, log, onDone, onDead }: SaveAndTellDeps,
  jobs: readonly StoredJob[],
  changes: readonly JobChange[],
): Promise<void> {
  const died = await store.change(changes)
  const byKey = new Map(jobs.map((job) => [job.key, job]))
  for (const change of changes) {
    const job = byKey.get(change.key)
    if (job && change.state === 'done') tell(() => onDone?.(job, change.result), log)
    if (job && change.state === 'dead') tell(() => onDead?.(job, change.reason ?? ''), log)
  }
  for (const key of died) {
    // A failing read must not have the changes written, and everybody told, once more.
    const job = await store.get(key).catch(() => undefined)
    if (job) tell(() => onDead?.(job, job.reason ?? ''), log)
  }
}
