import type { NewTask } from '../../crm/port.ts'
import { phoneKey } from '../../numbers/phone-number.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../../outbox/job.ts'
import type { CallbackTask } from '../../store/crm-state-ports.ts'
import { fillTemplate } from '../../templates/template.ts'
import type { CallPayload } from '../payloads.ts'
import { decidedAt, type Reason } from '../plan/decision.ts'
import { planTask, type TaskPlan } from '../plan/plan-task.ts'
import { valuesOf } from './call-values.ts'
import { type CardsDeps, type CardsOfCall, cardsOfCall, forgetEntity, freshCards } from './cards-of-call.ts'
import { type Grounded, ground, proofOfEnd, uniqueEntities } from './ground.ts'
import { answersTo } from './grounded-batch.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { countedTask, newTask } from './new-task.ts'
import { failuresIn, outcomeOfWrite, proofOfFailure } from './outcomes.ts'
import { proofSince } from './proof-since.ts'

export type TaskDeps = CardsDeps &
  Pick<HandlerDeps, 'callbackTasks' | 'lastTalks' | 'hooks' | 'now' | 'leads'> & {
    readonly crm: Pick<HandlerDeps['crm'], 'createTasks' | 'tasksOn' | 'tasksById' | 'changeTasks'>
    readonly index: Pick<HandlerDeps['index'], 'remove' | 'forgetIncoming'>
  }

type TaskJob = Grounded<CallPayload>

interface Planned {
  readonly each: TaskJob
  readonly plan: TaskPlan
  readonly cards: CardsOfCall
  readonly open: CallbackTask | undefined
}

const MAX_BATCH = 250

/**
 * The task that follows a call: one open task a client, since a client who calls five times wants one call back. A further call changes
 * its count and deadline; none for a call that has grown old, for whoever was talked to meanwhile, and where an incoming lead asks for
 * somebody by itself.
 */
export function taskHandler(deps: TaskDeps): JobHandler<CallPayload> {
  const { crm, settings, callbackTasks, lastTalks, hooks, now } = deps

  async function send(jobs: readonly Job<CallPayload>[], signal: AbortSignal): Promise<SendResult> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const answers = answersTo(jobs, ended)
    try {
      await freshCards(
        deps,
        grounded.map(({ client }) => client),
        signal,
      )
      const open = await openTasks(grounded, signal)
      const planned = await Promise.all(grounded.map((each) => plan(each, open.get(keyOf(each)), signal)))
      for (const { each, plan: none } of planned) if (none.kind === 'none') answers.set(each.job, skipped(none.why))
      await create(planned.filter((one) => one.plan.kind === 'make'))
      await count(planned.filter((one) => one.plan.kind === 'count'))
    } catch (error) {
      answers.unread(
        grounded.map(({ job }) => job).filter((job) => !answers.has(job)),
        error,
      )
    }
    return answers.result(now())

    async function create(wanted: readonly Planned[]): Promise<void> {
      if (wanted.length === 0) return
      const tasks = await Promise.all(wanted.map(async (one) => ({ ...one, ...(await taskOf(one.each, one.cards)) })))
      const writes = await crm.createTasks(
        tasks.map(({ task }) => task),
        signal,
      )
      answers.failed(...failuresIn(writes))
      for (const [at, { each, plan: made, cards, task, why }] of tasks.entries()) {
        const write = writes[at]
        if (!write) continue
        if (write.kind === 'entity-gone') await forgetEntity(deps, cards.entity, each.client)
        if (write.kind === 'written') {
          await remember(each, write.id, task)
          await completeIfTalked(each, write.id)
        }
        answers.set(
          each.job,
          outcomeOfWrite(write, ({ id }) => ({ task: id, decisions: decided([withTask(made.why, id), why]) })),
        )
      }
    }

    /** A conversation that was written down while the task was made; should this fail, the next one completes it. */
    async function completeIfTalked(each: TaskJob, task: number): Promise<void> {
      if (!(await hasTalkedSince(each))) return
      const completedWith = fillTemplate(settings().taskResult, valuesOf(each.job.payload.call, settings()))
      const [outcome] = await crm.changeTasks([{ id: task, completedWith }], signal)
      if (outcome?.kind === 'written') await callbackTasks.forget(keyOf(each))
    }

    /** A further call: the task's text and deadline change. */
    async function count(wanted: readonly Planned[]): Promise<void> {
      if (wanted.length === 0) return
      const changes = wanted.flatMap(({ each, open, cards, plan: { kind, ...rest } }) => {
        const calls = 'calls' in rest ? rest.calls : 1
        return open && kind === 'count'
          ? [
              {
                each,
                open,
                why: rest.why,
                change: { id: open.task, ...countedTask(each.job.payload.call, cards.rule, settings(), calls) },
              },
            ]
          : []
      })
      const writes = await crm.changeTasks(
        changes.map(({ change }) => change),
        signal,
      )
      answers.failed(...failuresIn(writes))
      for (const [at, { each, open, why }] of changes.entries()) {
        const write = writes[at]
        if (!write) continue
        if (write.kind === 'written')
          await callbackTasks.remember({ ...open, calls: [...open.calls, each.job.payload.call.uniq] })
        // Completed or deleted between our look and our change: a new one is made the next time.
        if (write.kind === 'entity-gone') await callbackTasks.forget(open.key)
        const gone = write.kind === 'entity-gone'
        answers.set(
          each.job,
          gone
            ? { kind: 'retry', reason: write.reason }
            : outcomeOfWrite(write, () => ({ task: open.task, decisions: decided([withTask(why, open.task)]) })),
        )
      }
    }
  }

  /** Those that people completed or deleted meanwhile are forgotten. @throws CrmError */
  async function openTasks(
    grounded: readonly TaskJob[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CallbackTask>> {
    const remembered = await Promise.all(grounded.map((each) => callbackTasks.openFor(keyOf(each))))
    const tasks = new Map(remembered.flatMap((task) => (task ? [[task.key, task] as const] : [])))
    if (tasks.size === 0) return tasks
    const states = await crm.tasksById(
      [...tasks.values()].map(({ task }) => task),
      signal,
    )
    for (const { key, task } of [...tasks.values()]) {
      const state = states.find(({ id }) => id === task)
      if (state && !state.completed) continue
      tasks.delete(key)
      await callbackTasks.forget(key)
    }
    return tasks
  }

  async function plan(each: TaskJob, open: CallbackTask | undefined, signal: AbortSignal): Promise<Planned> {
    const { client, job } = each
    const { call } = job.payload
    const cards = await cardsOfCall(deps, call, client, signal)
    const counted = open?.calls.includes(call.uniq) ?? false
    const planned = planTask({
      rule: cards.rule,
      call,
      old: now() > call.quietAt,
      waiting: client.incoming !== undefined,
      talkedSince: await hasTalkedSince(each),
      openFor: open && (counted ? open.calls.length - 1 : open.calls.length),
      missedInMenu: settings().missedInMenu,
      isPerson: (extension) => settings().names.has(extension),
    })
    return {
      each,
      plan: planned,
      cards,
      open: open && counted ? { ...open, calls: open.calls.filter((uniq) => uniq !== call.uniq) } : open,
    }
  }

  async function hasTalkedSince(each: TaskJob): Promise<boolean> {
    const talk = await lastTalks.with(keyOf(each))
    return talk !== undefined && talk.at > each.job.payload.call.endedAt
  }

  function taskOf({ job, client }: TaskJob, cards: CardsOfCall) {
    return newTask({ call: job.payload.call, client, cards, settings: settings(), hooks })
  }

  async function remember(each: TaskJob, task: number, { entity }: Pick<NewTask, 'entity'>): Promise<void> {
    const calls = [each.job.payload.call.uniq]
    // The call's own clock: conversations are compared with it.
    const since = each.job.payload.call.endedAt
    await callbackTasks.remember({ key: keyOf(each), task, entity, calls, since })
  }

  /** Tasks carry no mark of ours: same entity, same text and the deadline to the second, which comes from the call's end. */
  async function prove(jobs: readonly Job<CallPayload>[], signal: AbortSignal): Promise<readonly Proof[]> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const attempts = jobs.map((job) => job.firstAttemptAt ?? now())
    try {
      const wanted = await Promise.all(
        grounded.map(async (each) => {
          const cards = await cardsOfCall(deps, each.job.payload.call, each.client, signal)
          return { each, cards, ...(await taskOf(each, cards)) }
        }),
      )
      const entities = uniqueEntities(wanted.map(({ task }) => task.entity))
      const stored = entities.length === 0 ? [] : await crm.tasksOn(entities, proofSince(attempts, now()), signal)
      const proofs: Proof[] = []
      for (const job of jobs) {
        const one = wanted.find(({ each }) => each.job === job)
        if (!one) {
          proofs.push(proofOfEnd(ended.get(job.key)))
          continue
        }
        const { task, each, why } = one
        const known = await callbackTasks.openFor(keyOf(each))
        const made = stored.find(
          (other) =>
            sameEntity(other.entity, task.entity) &&
            other.text === task.text &&
            seconds(other.deadline) === seconds(task.deadline),
        )
        const counted = known?.calls.includes(job.payload.call.uniq) ? known.task : undefined
        if (made && counted === undefined) await remember(each, made.id, task)
        const id = counted ?? made?.id
        proofs.push(
          id === undefined
            ? { kind: 'absent' }
            : { kind: 'found', result: { task: id, decisions: decided([withTask(asNew.why, id), why]) } },
        )
      }
      return proofs
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  function decided(reasons: readonly Reason[]) {
    return decidedAt(reasons, now())
  }

  function skipped(why: Reason): Outcome {
    return { kind: 'done', result: { skipped: why.code, decisions: decided([why]) } }
  }

  return { kind: 'task', maxBatch: MAX_BATCH, send, prove }
}

const asNew: TaskPlan & { readonly kind: 'make' } = {
  kind: 'make',
  dialled: undefined,
  why: { about: 'task', code: 'by-rule', facts: {} },
}

const inUnsorted = (lead: number) => ({ skipped: 'the incoming lead asks for somebody by itself', lead })

function keyOf({ job }: TaskJob): string {
  return phoneKey(job.payload.call.phone) ?? ''
}

function withTask(why: Reason, task: number): Reason {
  return { ...why, facts: { ...why.facts, task } }
}

function sameEntity(
  a: { readonly kind: string; readonly id: number },
  b: { readonly kind: string; readonly id: number },
): boolean {
  return a.kind === b.kind && a.id === b.id
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
