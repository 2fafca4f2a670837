import type { CrmRawRequests } from '../crm/raw-requests.ts'
import { createBudget } from './budget.ts'

/** One request of a hook, at the hooks' share of our pace. */
export type AskCrm = CrmRawRequests['ask']

export interface QuestionLimits {
  /** Requests a run may make. */
  readonly crmRequests: number
  /** How long it may wait for the CRM, all requests together. */
  readonly crmSeconds: number
}

/** What one run of a hook asks the CRM. */
export interface CrmQuestions {
  /** @throws Error with the reason: too many, too slow, refused */
  ask(method: Parameters<AskCrm>[0], path: string, body: unknown): Promise<unknown>
  end(): void
}

/** @param waiting called with true while the run waits for the CRM, and with false afterwards */
export function createCrmQuestions(
  ask: AskCrm,
  { crmRequests, crmSeconds }: QuestionLimits,
  waiting: (isWaiting: boolean) => void,
): CrmQuestions {
  const ending = new AbortController()
  const patience = createBudget(
    crmSeconds * 1000,
    () => ending.abort(new Error(`the CRM took longer than ${crmSeconds} s`)),
    false,
  )
  let made = 0
  let open = 0

  const carryOut = async (...request: Parameters<CrmQuestions['ask']>): Promise<unknown> => {
    const { promise: over, reject } = Promise.withResolvers<never>()
    const giveUp = () => reject(ending.signal.reason)
    ending.signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await Promise.race([ask(...request, ending.signal), over])
    } finally {
      ending.signal.removeEventListener('abort', giveUp)
    }
  }

  return {
    ask: async (method, path, body) => {
      made += 1
      if (made > crmRequests) throw new Error(`a hook may ask the CRM ${crmRequests} times and no more`)
      if (ending.signal.aborted) throw ending.signal.reason
      open += 1
      if (open === 1) {
        patience.resume()
        waiting(true)
      }
      try {
        return await carryOut(method, path, body)
      } finally {
        open -= 1
        if (open === 0) {
          patience.pause()
          waiting(false)
        }
      }
    },
    end: () => {
      patience.end()
      ending.abort(new Error('the time of this hook is up'))
    },
  }
}
