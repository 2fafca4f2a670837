import type { Job, JobHandler, SendResult } from '../outbox/job.ts'
import type { ClientResult } from './client-result.ts'
import { type ClientSearchDeps, searchClients } from './client-search.ts'
import { type ContactCreationDeps, createContacts, proveContacts } from './contact-creation.ts'
import type { ClientPayload } from './payloads.ts'
import { phoneBatch } from './phone-batch.ts'

export interface ClientHandlerDeps extends Pick<ClientSearchDeps, 'country' | 'refresh'> {
  readonly crm: ClientSearchDeps['crm'] & ContactCreationDeps['crm']
  readonly index: ClientSearchDeps['index']
  readonly now: () => number
}

/** The CRM takes 250 items a request. */
const MAX_BATCH = 250

/** Finds the client of a call; who is unknown gets a contact, once, whatever is asked at the same time, or by setting nothing. */
export function clientHandler(deps: ClientHandlerDeps): JobHandler<ClientPayload> {
  async function send(jobs: readonly Job<ClientPayload>[], signal: AbortSignal): Promise<SendResult> {
    const batch = phoneBatch(jobs)
    await searchClients(deps, batch, signal)
    for (const [key, job] of batch.open()) {
      if (job.payload.unknown === 'nothing') batch.settle(key, { kind: 'done', result: nobody })
    }
    await createContacts(deps, batch, signal)
    return batch.result(deps.now())
  }

  return { kind: 'client', maxBatch: MAX_BATCH, send, prove: (jobs, signal) => proveContacts(deps, jobs, signal) }
}

const nobody: ClientResult = { kind: 'nobody' }
