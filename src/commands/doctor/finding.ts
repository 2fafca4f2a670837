/** One line of the doctor's report. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'failure'
  /** What was looked at: `ARI`, `CDR and CEL`, … */
  readonly subject: string
  readonly says: string
  /** What to do; always there when something is wrong. */
  readonly cure?: string
}

/** Looks at one thing; never throws: what it cannot find out is a finding too. */
export type Check = (signal: AbortSignal) => Promise<readonly Finding[]>

export function ok(subject: string, says: string): Finding {
  return { level: 'ok', subject, says }
}

export function warning(subject: string, says: string, cure: string): Finding {
  return { level: 'warning', subject, says, cure }
}

export function failure(subject: string, says: string, cure: string): Finding {
  return { level: 'failure', subject, says, cure }
}
