const minute = 60_000

/** amoCRM waits that long for an answer; milliseconds (reference amocrm.md 11.2). */
export const answerWithinMs = 2000

/** What an answer that did not come counts as: amoCRM's own number for a client that gave up. */
export const timedOut = 499

/** Any of these is an answer; the body does not matter. */
export function isValid(status: number): boolean {
  return status >= 100 && status <= 299
}

/**
 * Milliseconds until the next attempt, or undefined when that was the last one. `attempt` is the one that failed, from 1;
 * `status` 0 says that nobody listened. The fifth is for time-outs and server errors only (reference amocrm.md 11.2).
 */
export function retryAfter(attempt: number, status: number): number | undefined {
  if (attempt === 1) return 5 * minute
  if (attempt === 2 || attempt === 3) return 15 * minute
  const serverSide = status === timedOut || (status >= 500 && status <= 599)
  return attempt === 4 && serverSide ? 60 * minute : undefined
}

/** More invalid answers than that within two hours, the last one among them, switch a subscription off. */
export const invalidAnswersBeforeDisabling = 100
export const invalidAnswersWithinMs = 120 * minute
