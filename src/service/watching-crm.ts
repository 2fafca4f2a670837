import type { Transport } from '../crm/amocrm/transport.ts'
import { CrmUnreachable } from '../crm/errors.ts'

/** The same transport; each exchange is told by the class of its answer. */
export function watchedTransport(transport: Transport, answered: (outcome: string, ms: number) => void): Transport {
  return async (request, signal) => {
    const began = performance.now()
    const tell = (outcome: string) => answered(outcome, performance.now() - began)
    try {
      const answer = await transport(request, signal)
      tell(outcomeOf(answer.status))
      return answer
    } catch (error) {
      tell(error instanceof CrmUnreachable ? 'unreachable' : 'no-answer')
      throw error
    }
  }
}

/** Statuses that mean something of their own stand alone: too many requests, who is not let in, who has not paid. */
const TELLING: ReadonlySet<number> = new Set([401, 402, 403, 429])

function outcomeOf(status: number): string {
  return TELLING.has(status) ? String(status) : `${Math.floor(status / 100)}xx`
}
