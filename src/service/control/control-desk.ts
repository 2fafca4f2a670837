import { z } from 'zod'
import type { OAuthTokens } from '../../crm/amocrm/oauth-tokens.ts'
import type { TokenSource } from '../../crm/amocrm/token-source.ts'
import type { DeadLetters } from '../../outbox/dead-letters.ts'
import type { OutboxStore } from '../../store/ports.ts'

/** What the outbox holds, as a command shows it. */
export const OutboxReport = z.object({
  counts: z.record(z.string(), z.number()),
  /** Epoch milliseconds. */
  oldestOpenAt: z.number().optional(),
  dead: z.array(
    z.object({
      key: z.string(),
      kind: z.string(),
      reason: z.string(),
      attempts: z.number(),
      after: z.string().optional(),
    }),
  ),
})
export type OutboxReport = z.infer<typeof OutboxReport>

/** What an administrator does by command: on the running service, or on its state while it is stopped. */
export interface ControlDesk {
  /** @param dead so many dead letters, the latest first */
  outbox(dead: number): Promise<OutboxReport>
  /** @param keys undefined: all. @returns keys of the jobs that wait again */
  retry(keys: readonly string[] | undefined): Promise<readonly string[]>
  /** @returns keys of the jobs that were removed */
  drop(keys: readonly string[]): Promise<readonly string[]>
  /**
   * Begins anew with an authorisation code.
   * @returns the account's host
   * @throws NoOAuth when the CRM is reached by a long-lived token; CrmError when the code is not taken
   */
  authorise(code: string, signal: AbortSignal): Promise<string>
}

/** There is nothing to authorise. */
export class NoOAuth extends Error {
  override name = 'NoOAuth'
  constructor() {
    super('crm.oauth is not configured: a long-lived token goes into crm.token and needs no code')
  }
}

export interface ControlDeskDeps {
  readonly store: Pick<OutboxStore, 'counts' | 'oldestOpenAt'>
  readonly letters: DeadLetters
  readonly tokens: TokenSource & Partial<Pick<OAuthTokens, 'authorise'>>
  /** Something waits again. */
  readonly wake: () => void
}

export function createControlDesk({ store, letters, tokens, wake }: ControlDeskDeps): ControlDesk {
  return {
    async outbox(most) {
      const [counts, oldestOpenAt, dead] = await Promise.all([store.counts(), store.oldestOpenAt(), letters.list(most)])
      return {
        counts: { ...counts },
        ...(oldestOpenAt !== undefined && { oldestOpenAt }),
        dead: dead.map(({ key, kind, reason = '', attempts, after }) => ({
          ...{ key, kind, reason, attempts },
          ...(after !== undefined && { after }),
        })),
      }
    },
    async retry(keys) {
      const again = await letters.retry(keys)
      if (again.length > 0) wake()
      return again
    },
    drop: letters.drop,
    async authorise(code, signal) {
      if (!tokens.authorise) throw new NoOAuth()
      await tokens.authorise(code, signal)
      return tokens.status().host
    },
  }
}
