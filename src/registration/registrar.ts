import type { Call } from '../calls/call.ts'
import { phoneKey } from '../numbers/phone-number.ts'
import type { CallJournal } from '../store/ports.ts'
import { jobsForCall } from './jobs-for-call.ts'
import type { RegistrationSettings } from './settings.ts'
import { type WhyUnregistered, whyUnregistered } from './why-unregistered.ts'

export interface RegistrarDeps {
  readonly journal: Pick<CallJournal, 'recordEnded'>
  readonly pbx: string
  readonly settings: RegistrationSettings
}

/** What became of an ended call. */
export type Registered =
  | { readonly kind: 'registering'; readonly jobs: number }
  /** It stands in the journal already; the row is the lock. */
  | { readonly kind: 'known' }
  | { readonly kind: 'journal-only'; readonly why: WhyUnregistered }

/** Writes an ended call and the CRM jobs it needs into the journal, in one transaction. */
export interface Registrar {
  /**
   * Resolves when the disk has it.
   * @param events what the call was folded from, so that it can be rebuilt.
   * @throws StoreError when the disk refuses.
   */
  register(call: Call, events: readonly unknown[]): Promise<Registered>
}

export function createRegistrar({ journal, pbx, settings }: RegistrarDeps): Registrar {
  return {
    register: async (call, events) => {
      const { id, linkedids, startedAt, direction } = call
      const endedAt = call.endedAt ?? call.startedAt
      const why = whyUnregistered(call, settings)
      const jobs = jobsForCall(call, settings, pbx)
      const clientKey = phoneKey(call.client) ?? ''
      const fresh = await journal.recordEnded(
        { pbx, id, linkedids, startedAt, endedAt, direction, clientKey, call, events },
        jobs,
      )
      if (!fresh) return { kind: 'known' }
      return why === undefined ? { kind: 'registering', jobs: jobs.length } : { kind: 'journal-only', why }
    },
  }
}
