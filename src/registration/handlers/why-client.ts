import type { CallFacts } from '../call-facts.ts'
import { type Reason, reason } from '../plan/decision.ts'
import type { RegistrationSettings } from '../settings.ts'
import type { FoundClient } from './client-result.ts'
import { isForUnsorted } from './new-client.ts'
import { ruleOf } from './people-of-call.ts'

export interface WhyClientOptions {
  readonly call: CallFacts
  /** The CRM had the number before the call. */
  readonly isKnown: boolean
  readonly settings: RegistrationSettings
  /** Epoch milliseconds. */
  readonly now: number
}

/** Why this is the client of the call. */
export function whyClient(client: FoundClient, { call, isKnown, settings, now }: WhyClientOptions): readonly Reason[] {
  const { kind } = ruleOf(call, isKnown, settings)
  const row = reason('rule', kind, { line: call.line })
  switch (client.kind) {
    case 'unsorted':
      return [row, reason('client', 'unsorted', { lead: client.lead })]
    case 'nobody':
      return [row, reason('client', 'nobody')]
    default: {
      const several = client.clients?.length ?? 1
      const why = reason('client', client.how, { kind: client.kind, id: client.id, ...(several > 1 && { several }) })
      if (client.how !== 'created' || !isForUnsorted(call, settings)) return [row, why]
      return [row, reason('client', now > call.quietAt ? 'old-call' : 'unsorted-off'), why]
    }
  }
}
