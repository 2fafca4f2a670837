import type { Answer } from './answer.ts'

/** How long amoCRM takes: so much a request and so much more for every item written or read; milliseconds. */
export interface Latency {
  readonly baseMs: number
  readonly perItemMs: number
}

/** `sent` is the parsed request body. Refusals take the base alone. */
export function latencyOf(latency: Latency, sent: unknown, answer: Answer): number {
  if (answer.status >= 400) return latency.baseMs
  const items = Array.isArray(sent) ? sent.length : itemsIn(answer)
  return latency.baseMs + latency.perItemMs * items
}

function itemsIn(answer: Answer): number {
  if (answer.items !== undefined) return answer.items
  return answer.body === undefined ? 0 : 1
}
