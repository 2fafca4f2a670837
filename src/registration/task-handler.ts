import type { Crm, EntityRef } from '../crm/port.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { attribute } from './attribution.ts'
import { ClientResult } from './client-result.ts'
import { failuresIn, outcomeOfWrite, proofOfFailure, sendResult } from './outcomes.ts'
import type { TaskPayload } from './payloads.ts'

export interface TaskHandlerDeps {
  readonly crm: Pick<Crm, 'createTasks' | 'tasksOn'>
  readonly index: Pick<ContactIndex, 'remove'>
  readonly now: () => number
}

type TaskJob = Job<TaskPayload>

const MAX_BATCH = 250
const PROOF_MARGIN_MS = 120_000

/** Makes the task that follows a missed call, unless the call has grown old meanwhile. */
export function taskHandler({ crm, index, now }: TaskHandlerDeps): JobHandler<TaskPayload> {
  async function send(jobs: readonly TaskJob[], signal: AbortSignal): Promise<SendResult> {
    const outcomes = new Map<string, Outcome>()
    const open: { job: TaskJob; client: ClientResult }[] = []
    for (const job of jobs) {
      const client = ClientResult.safeParse(job.given)
      if (now() > job.payload.quietAt) outcomes.set(job.key, { kind: 'done', result: { skipped: 'old call' } })
      else if (client.success) open.push({ job, client: client.data })
      else outcomes.set(job.key, { kind: 'lost-ground', reason: 'the client of the call is not known' })
    }
    const tasks = open.map(({ job, client }) => ({
      entity: refOf(client),
      text: job.payload.text,
      owner: attribute(job.payload.people, client.owner).author,
      deadline: job.payload.deadline,
    }))
    const writes = tasks.length === 0 ? [] : await crm.createTasks(tasks, signal)
    for (const [at, { job, client }] of open.entries()) {
      const write = writes[at]
      if (!write) continue
      if (write.kind === 'entity-gone') await index.remove(client.kind, client.id)
      outcomes.set(
        job.key,
        outcomeOfWrite(write, (id) => ({ task: id })),
      )
    }
    const results = jobs.map((job) => outcomes.get(job.key) ?? { kind: 'retry' as const, reason: 'not reached' })
    return sendResult(results, failuresIn(writes), now())
  }

  /** Tasks carry no mark of ours: same client, same text and the deadline to the second, which comes from the call's end. */
  async function prove(jobs: readonly TaskJob[], signal: AbortSignal): Promise<readonly Proof[]> {
    const clients = jobs.map((job) => ClientResult.safeParse(job.given).data)
    const since = Math.min(...jobs.map((job) => job.firstAttemptAt ?? now())) - PROOF_MARGIN_MS
    try {
      const entities = clients.flatMap((client) => (client ? [refOf(client)] : []))
      const stored = entities.length === 0 ? [] : await crm.tasksOn(entities, since, signal)
      return jobs.map((job, at): Proof => {
        const client = clients[at]
        if (!client) return { kind: 'unknown', reason: 'the client is not known' }
        const task = stored.find(
          (each) =>
            each.entity.kind === client.kind &&
            each.entity.id === client.id &&
            each.text === job.payload.text &&
            Math.floor(each.deadline / 1000) === Math.floor(job.payload.deadline / 1000),
        )
        return task ? { kind: 'found', result: { task: task.id } } : { kind: 'absent' }
      })
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  return { kind: 'task', maxBatch: MAX_BATCH, send, prove }
}

function refOf(client: ClientResult): EntityRef {
  return { kind: client.kind, id: client.id }
}
