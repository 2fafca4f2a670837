import type { Logger } from 'pino'
import type { JobChange, OutboxStore, StoredJob } from '../store/ports.ts'
import type { AccountPause } from './account-pause.ts'
import type { Weight } from './batch-size.ts'
import type { Clock } from './clock.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from './job.ts'
import { afterOutcome, afterProof, beginAttempt, type Circumstances } from './next-change.ts'
import type { OutboxPolicies } from './policies.ts'
import type { Batch } from './select-batch.ts'
import { within } from './within.ts'

export interface CarryOutDeps {
  readonly store: Pick<OutboxStore, 'change'>
  readonly clock: Clock
  /** `clock.steady()` at the start of this process. */
  readonly watchingSince: number
  readonly random: () => number
  readonly policies: OutboxPolicies
  readonly pause: AccountPause
  /** Writes down what is known; does not give up before the service does. */
  readonly save: (changes: readonly JobChange[]) => Promise<unknown>
  readonly log: Pick<Logger, 'warn' | 'error'>
}

/** Sends one batch, or looks for the proof of one. Resolves with what it said about the batch's size; undefined: nothing. */
export async function carryOut(
  deps: CarryOutDeps,
  handler: JobHandler,
  batch: Batch,
  signal: AbortSignal,
): Promise<Weight | undefined> {
  return batch.stage === 'send' ? send(deps, handler, batch.jobs, signal) : prove(deps, handler, batch.jobs, signal)
}

async function send(
  deps: CarryOutDeps,
  handler: JobHandler,
  jobs: readonly StoredJob[],
  signal: AbortSignal,
): Promise<Weight | undefined> {
  const { clock, pause, policies, store } = deps
  await store.change(jobs.map((job) => beginAttempt(job, clock.wall())))
  const { outcomes, pause: rest, tooHeavy } = await answerOf(deps, handler, jobs, signal)
  const circumstances = circumstancesOf(deps)
  if (rest) await pause.begin(rest)
  const rests = rest && pause.current()?.untilMs
  await deps.save(
    jobs.flatMap((job, at) => afterOutcome(job, outcomes[at] ?? notTold, circumstances(), policies, rests)),
  )
  return weightOf(outcomes, tooHeavy ?? false)
}

async function answerOf(
  deps: CarryOutDeps,
  handler: JobHandler,
  jobs: readonly StoredJob[],
  signal: AbortSignal,
): Promise<SendResult> {
  try {
    const answer = await ask(deps, jobs, signal, (asked, deadline) => handler.send(asked, deadline))
    if (answer.outcomes.length === jobs.length) return answer
    deps.log.error(
      { kind: handler.kind, jobs: jobs.length, outcomes: answer.outcomes.length },
      'job handler answered the wrong number of outcomes',
    )
    // Which outcome belongs to which job is anybody's guess: none is believed.
    return { ...answer, outcomes: jobs.map(() => notTold) }
  } catch (error) {
    deps.log.error(
      { kind: handler.kind, jobs: jobs.length, err: error },
      'job handler failed; what it did is looked up',
    )
    const reason = `the handler failed: ${error instanceof Error ? error.message : String(error)}`
    return { outcomes: jobs.map((): Outcome => ({ kind: 'ambiguous', reason })) }
  }
}

async function prove(
  deps: CarryOutDeps,
  handler: JobHandler,
  jobs: readonly StoredJob[],
  signal: AbortSignal,
): Promise<Weight | undefined> {
  const look = { at: deps.clock.steady(), watchingSince: deps.watchingSince }
  const proofs = await proofsOf(deps, handler, jobs, signal)
  const circumstances = circumstancesOf(deps)
  await deps.save(jobs.map((job, at) => afterProof(job, proofs[at] ?? notSeen, look, circumstances(), deps.policies)))
  return proofs.every(({ kind }) => kind === 'unknown') ? 'too-heavy' : 'carried'
}

async function proofsOf(
  deps: CarryOutDeps,
  handler: JobHandler,
  jobs: readonly StoredJob[],
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  try {
    const proofs = await ask(deps, jobs, signal, (asked, deadline) => handler.prove(asked, deadline))
    if (proofs.length === jobs.length) return proofs
    deps.log.error(
      { kind: handler.kind, jobs: jobs.length, proofs: proofs.length },
      'job handler answered the wrong number of proofs',
    )
    return jobs.map(() => notSeen)
  } catch (error) {
    deps.log.error({ kind: handler.kind, jobs: jobs.length, err: error }, 'job handler failed to look for proof')
    const reason = error instanceof Error ? error.message : String(error)
    return jobs.map((): Proof => ({ kind: 'unknown', reason }))
  }
}

async function ask<T>(
  { clock, policies }: CarryOutDeps,
  jobs: readonly StoredJob[],
  signal: AbortSignal,
  handle: (jobs: readonly Job[], deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(policies.sendMs)])
  const asked = jobs.map((job) => forHandler(job, clock))
  return within(deadline, policies.endMs, handle(asked, deadline))
}

const notTold: Outcome = { kind: 'ambiguous', reason: 'the handler answered the wrong number of outcomes' }
const notSeen: Proof = { kind: 'unknown', reason: 'the handler answered the wrong number of proofs' }

/** A batch of which nothing is known may be the work of one bad job: halving finds it. */
function weightOf(outcomes: readonly Outcome[], tooHeavy: boolean): Weight | undefined {
  if (tooHeavy || outcomes.every(({ kind }) => kind === 'ambiguous')) return 'too-heavy'
  return outcomes.some(({ kind }) => kind === 'done' || kind === 'refused') ? 'carried' : undefined
}

function circumstancesOf({ clock, random }: CarryOutDeps): () => Circumstances {
  const [now, steady] = [clock.now(), clock.steady()]
  return () => ({ now, steady, random: random() })
}

function forHandler(job: StoredJob, clock: Clock): Job {
  const { key, kind, lane, urgency, payload, given, attempts, firstAttemptAt } = job
  // A clock that was set back since then would make the attempt look later than the CRM's own times of what it wrote.
  const setBack = Math.max(0, clock.now() - clock.wall())
  const first = firstAttemptAt === undefined ? undefined : firstAttemptAt - setBack
  const told = { key, kind, lane, urgency, payload, given, attempts, firstAttemptAt: first }
  return job.result === undefined ? told : { ...told, redone: true }
}
