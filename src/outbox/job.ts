/** A durable CRM write. Keys are stable, so that saying a job twice says it once. */
export interface NewJob {
  /** `<pbx>/<call id>:<kind>`; unique for ever. */
  readonly key: string
  readonly kind: string
  /** The client's phone key: jobs of one lane run one after another, also over restarts. */
  readonly lane: string
  /** Key of the job whose result this one needs (contact → lead → task → note). */
  readonly after?: string
  readonly urgency: 'live' | 'backfill'
  /** JSON. Never a secret. */
  readonly payload: unknown
  /** Epoch milliseconds before which the job is not due. */
  readonly notBefore?: number
}

/** A job as its handler sees it. */
export interface Job<Payload = unknown> {
  readonly key: string
  readonly kind: string
  readonly lane: string
  readonly urgency: 'live' | 'backfill'
  readonly payload: Payload
  /** The result of the job named in `after`, when there is one. */
  readonly given: unknown
  /** Attempts made before this one. */
  readonly attempts: number
  /** Epoch milliseconds at which the first attempt began; undefined before it. */
  readonly firstAttemptAt: number | undefined
  /** It was done before and is done again: what it made or found is gone from the CRM. */
  readonly redone?: true
}

/** How one job of a sent batch ended. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  /** Certainly not executed; try again. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** May have been executed (timeout, 5xx, broken connection): prove before sending again. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  /** The CRM will never take it: dead letter, for a person to look at. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** What the job builds on is gone (entity deleted or merged): run the job named in `after` again first. */
  | { readonly kind: 'lost-ground'; readonly reason: string }

/** What a look for proof found. `absent` counts only when said twice, 30 s and more after the attempt ended (the engine sees to that). */
export type Proof =
  | { readonly kind: 'found'; readonly result: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string }

/**
 * What the outbox knows of a kind of job. Answers come one per job, in the order of the jobs. Requests are made through the account's pace; they get
 * the jobs' urgency by themselves. A `send` that throws, answers the wrong number of outcomes or does not end when `signal` asks counts as ambiguous.
 */
export interface JobHandler<Payload = unknown> {
  readonly kind: string
  /** The CRM's ceiling for one request. */
  readonly maxBatch: number
  send(jobs: readonly Job<Payload>[], signal: AbortSignal): Promise<SendResult>
  prove(jobs: readonly Job<Payload>[], signal: AbortSignal): Promise<readonly Proof[]>
}

export interface SendResult {
  readonly outcomes: readonly Outcome[]
  /** The whole account must rest until then (429, 403 block, 401, 402); the refusal pauses everybody. */
  readonly pause?: { readonly untilMs: number; readonly reason: string }
  /** The batch was too heavy (504, time-out): the engine halves the next ones. */
  readonly tooHeavy?: boolean
}
