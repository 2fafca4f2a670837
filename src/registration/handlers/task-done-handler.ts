import { z } from 'zod'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../../outbox/job.ts'
import { fillTemplate } from '../../templates/template.ts'
import type { TaskDonePayload } from '../payloads.ts'
import { decidedAt, reason } from '../plan/decision.ts'
import { valuesOf } from './call-values.ts'
import { answersTo } from './grounded-batch.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { failuresIn, outcomeOfWrite } from './outcomes.ts'

export interface TaskDoneDeps extends Pick<HandlerDeps, 'settings' | 'callbackTasks' | 'jobs' | 'now'> {
  readonly crm: Pick<HandlerDeps['crm'], 'changeTasks'>
}

const MAX_BATCH = 250

const Missed = z.object({ call: z.object({ endedAt: z.number() }) })

/** Completes the task that asked for a client to be called back, now that somebody has talked to them: by its id, whatever its text has become. */
export function taskDoneHandler({
  crm,
  settings,
  callbackTasks,
  jobs: siblings,
  now,
}: TaskDoneDeps): JobHandler<TaskDonePayload> {
  async function send(all: readonly Job<TaskDonePayload>[], signal: AbortSignal): Promise<SendResult> {
    const answers = answersTo(all, new Map())
    const jobs: Job<TaskDonePayload>[] = []
    for (const job of all) {
      if (await wasMissedSince(job.payload)) answers.set(job, missedAgain(job))
      else jobs.push(job)
    }
    if (jobs.length === 0) return answers.result(now())
    const changes = jobs.map(({ payload: { task, call } }) => ({
      id: task,
      completedWith: fillTemplate(settings().taskResult, valuesOf(call, settings())),
    }))
    const writes = await crm.changeTasks(changes, signal)
    answers.failed(...failuresIn(writes))
    for (const [at, job] of jobs.entries()) {
      const write = writes[at]
      if (!write) continue
      // Whoever was quicker has completed or deleted it.
      const outcome =
        write.kind === 'entity-gone'
          ? done(job, 'was-completed')
          : outcomeOfWrite(write, () => result(job, 'completed'))
      if (outcome.kind === 'done') await forget(job.payload)
      answers.set(job, outcome)
    }
    return answers.result(now())
  }

  /** The client called once more after this conversation, in vain: the task stands for that call by now. */
  async function wasMissedSince({ key, task, call }: TaskDonePayload): Promise<boolean> {
    const open = await callbackTasks.openFor(key)
    if (open?.task !== task) return false
    const misses = await Promise.all(open.calls.map((uniq) => siblings.get(`${uniq}:task`)))
    return misses.some((miss) => (Missed.safeParse(miss?.payload).data?.call.endedAt ?? 0) > call.endedAt)
  }

  function missedAgain(job: Job<TaskDonePayload>): Outcome {
    return { kind: 'done', result: { skipped: 'missed-again', ...result(job, 'missed-again') } }
  }

  /** Only the task that was meant: there may be a newer one. */
  async function forget({ key, task }: TaskDonePayload): Promise<void> {
    if ((await callbackTasks.openFor(key))?.task === task) await callbackTasks.forget(key)
  }

  function done(job: Job<TaskDonePayload>, code: string): Outcome {
    return { kind: 'done', result: result(job, code) }
  }

  function result({ payload }: Job<TaskDonePayload>, code: string) {
    return { task: payload.task, decisions: decidedAt([reason('task', code, { task: payload.task })], now()) }
  }

  /** A task may be completed twice without harm: what cannot be seen is sent again. */
  async function prove(jobs: readonly Job<TaskDonePayload>[]): Promise<readonly Proof[]> {
    return jobs.map(() => ({ kind: 'absent' }))
  }

  return { kind: 'task-done', maxBatch: MAX_BATCH, send, prove }
}
