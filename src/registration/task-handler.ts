import type { Crm, StoredTask } from '../crm/port.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { attribute } from './attribution.ts'
import type { KnownClient } from './client-result.ts'
import { entitiesOf, type Grounded, ground, proofOfEnd, refOf } from './ground.ts'
import { failuresIn, outcomeOfFailedRead, outcomeOfWrite, proofOfFailure, sendResult } from './outcomes.ts'
import type { TaskPayload } from './payloads.ts'
import { proofSince } from './proof-since.ts'

export interface TaskHandlerDeps {
  readonly crm: Pick<Crm, 'createTasks' | 'tasksOn' | 'openTasksOn'>
  readonly index: Pick<ContactIndex, 'remove'>
  readonly now: () => number
}

type TaskJob = Job<TaskPayload>
type GroundedTask = Grounded<TaskPayload>

const MAX_BATCH = 250

/**
 * Makes the task that follows a missed call: one a client at a time, since a client who calls five times wants one call back. None for a
 * call that has grown old, and none where an incoming lead asks for somebody by itself.
 */
export function taskHandler({ crm, index, now }: TaskHandlerDeps): JobHandler<TaskPayload> {
  async function send(jobs: readonly TaskJob[], signal: AbortSignal): Promise<SendResult> {
    const old = jobs.filter((job) => now() > job.payload.quietAt)
    const { grounded, ended } = ground(
      jobs.filter((job) => !old.includes(job)),
      inUnsorted,
    )
    const outcomes = new Map<string, Outcome>(ended)
    for (const { key } of old) outcomes.set(key, skipped('old call'))
    for (const { job, client } of grounded)
      if (client.incoming !== undefined) outcomes.set(job.key, skipped(IN_UNSORTED))
    const errors: unknown[] = []
    const isOpen = ({ job }: GroundedTask) => !outcomes.has(job.key)
    await skipAsked(grounded.filter(isOpen), outcomes, errors, signal)
    await create(grounded.filter(isOpen), outcomes, errors, signal)
    const results = jobs.map((job) => outcomes.get(job.key) ?? { kind: 'retry' as const, reason: 'not reached' })
    return sendResult(results, errors, now())
  }

  /** A client whose last such task nobody has completed is not asked for twice. */
  async function skipAsked(
    tasks: readonly GroundedTask[],
    outcomes: Map<string, Outcome>,
    errors: unknown[],
    signal: AbortSignal,
  ): Promise<void> {
    if (tasks.length === 0) return
    try {
      const open = await crm.openTasksOn(entitiesOf(tasks), signal)
      const asked = new Set<string>()
      for (const { job, client } of tasks) {
        const request = `${client.kind} ${client.id} ${job.payload.text}`
        const same = open.find((task) => isFor(task, client) && task.text === job.payload.text)
        if (same)
          outcomes.set(job.key, { kind: 'done', result: { skipped: 'an open task asks for it', task: same.id } })
        else if (asked.has(request)) outcomes.set(job.key, skipped('an open task asks for it'))
        else asked.add(request)
      }
    } catch (error) {
      errors.push(error)
      for (const { job } of tasks) outcomes.set(job.key, outcomeOfFailedRead(error))
    }
  }

  async function create(
    open: readonly GroundedTask[],
    outcomes: Map<string, Outcome>,
    errors: unknown[],
    signal: AbortSignal,
  ): Promise<void> {
    if (open.length === 0) return
    const tasks = open.map(({ job, client }) => ({
      entity: refOf(client),
      text: job.payload.text,
      owner: attribute(job.payload.people, client.owner).author,
      deadline: job.payload.deadline,
    }))
    const writes = await crm.createTasks(tasks, signal)
    errors.push(...failuresIn(writes))
    for (const [at, { job, client }] of open.entries()) {
      const write = writes[at]
      if (!write) continue
      if (write.kind === 'entity-gone') await index.remove(client.kind, client.id)
      outcomes.set(
        job.key,
        outcomeOfWrite(write, ({ id }) => ({ task: id })),
      )
    }
  }

  /** Tasks carry no mark of ours: same client, same text and the deadline to the second, which comes from the call's end. */
  async function prove(jobs: readonly TaskJob[], signal: AbortSignal): Promise<readonly Proof[]> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const attempts = jobs.map((job) => job.firstAttemptAt ?? now())
    const since = proofSince(attempts, now())
    try {
      const stored = grounded.length === 0 ? [] : await crm.tasksOn(entitiesOf(grounded), since, signal)
      return jobs.map((job): Proof => {
        const client = grounded.find((each) => each.job === job)?.client
        if (!client) return proofOfEnd(ended.get(job.key))
        const { text, deadline } = job.payload
        const task = stored.find(
          (each) => isFor(each, client) && each.text === text && seconds(each.deadline) === seconds(deadline),
        )
        return task ? { kind: 'found', result: { task: task.id } } : { kind: 'absent' }
      })
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  return { kind: 'task', maxBatch: MAX_BATCH, send, prove }
}

const IN_UNSORTED = 'the incoming lead asks for somebody by itself'

const inUnsorted = (lead: number) => ({ skipped: IN_UNSORTED, lead })

function skipped(why: string): Outcome {
  return { kind: 'done', result: { skipped: why } }
}

function isFor({ entity }: StoredTask, client: KnownClient): boolean {
  return entity.kind === client.kind && entity.id === client.id
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
