import type { Job, JobHandler, Outcome, Proof, SendResult } from './job.ts'

/** What becomes of one attempt of one job. */
export type Fate =
  | 'works'
  | 'refuses-now'
  | 'executes-and-is-silent'
  | 'executes-late-and-is-silent'
  | 'never-executes-and-is-silent'

/** What becomes of a whole request, when it is not answered job by job. */
export type RequestFate = 'answered' | 'throttled' | 'throws-before' | 'throws-after' | 'loses-count' | 'too-heavy'

export interface Script {
  fate(job: Job): Fate
  request(jobs: readonly Job[]): RequestFate
  /** Whether a look for proof works. */
  canLook(): boolean
  /** Milliseconds an answer takes. */
  readonly answerMs: () => number
  /** Milliseconds after the answer at which a late execution happens. */
  readonly lateMs: () => number
  readonly now: () => number
}

/** A CRM that does everything it is told, also twice: it keeps every execution, so that a test can count. */
export function simulatedCrm(kind: string, script: Script) {
  const executions = new Map<string, number>()
  const log: string[] = []
  const batches: number[] = []
  let paused = Number.NEGATIVE_INFINITY
  let sentWhilePaused = 0

  const execute = (job: Job) => {
    executions.set(job.key, (executions.get(job.key) ?? 0) + 1)
    log.push(job.key)
  }
  const meet = (job: Job): Outcome => {
    const fate = script.fate(job)
    switch (fate) {
      case 'works':
        execute(job)
        return { kind: 'done', result: { made: job.key } }
      case 'refuses-now':
        return { kind: 'retry', reason: fate }
      case 'executes-and-is-silent':
        execute(job)
        return { kind: 'ambiguous', reason: fate }
      case 'executes-late-and-is-silent':
        setTimeout(() => execute(job), script.lateMs())
        return { kind: 'ambiguous', reason: fate }
      case 'never-executes-and-is-silent':
        return { kind: 'ambiguous', reason: fate }
      default:
        return fate satisfies never
    }
  }

  const handler: JobHandler = {
    kind,
    maxBatch: 250,
    async send(jobs): Promise<SendResult> {
      batches.push(jobs.length)
      if (script.now() < paused) sentWhilePaused++
      const request = script.request(jobs)
      if (request === 'throws-before') throw new Error('a mistake before anything was sent')
      if (request === 'throttled') {
        paused = script.now() + 15
        const outcomes = jobs.map((): Outcome => ({ kind: 'retry', reason: '429' }))
        return { outcomes, pause: { untilMs: paused, reason: '429' } }
      }
      const outcomes = jobs.map(meet)
      await new Promise((resolve) => setTimeout(resolve, script.answerMs()))
      if (request === 'throws-after') throw new Error('a mistake while reading the answer')
      if (request === 'loses-count') return { outcomes: outcomes.slice(1) }
      if (request === 'too-heavy') {
        return { outcomes: jobs.map(() => ({ kind: 'ambiguous', reason: '504' })), tooHeavy: true }
      }
      return { outcomes }
    },
    async prove(jobs): Promise<readonly Proof[]> {
      if (!script.canLook()) return jobs.map(() => ({ kind: 'unknown', reason: 'down' }))
      return jobs.map(({ key }) =>
        executions.has(key) ? { kind: 'found', result: { made: key } } : { kind: 'absent' },
      )
    },
  }
  return { handler, executions, log, batches, sentWhilePaused: () => sentWhilePaused }
}

/** Small, fast, the same numbers every time (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
