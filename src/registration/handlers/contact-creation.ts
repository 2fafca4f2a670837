import { clientKeys } from '../../crm/client-keys.ts'
import { indexedClient } from '../../crm/indexed-client.ts'
import type { CrmClient, NewContact } from '../../crm/port.ts'
import type { Job, Proof } from '../../outbox/job.ts'
import type { CallPayload } from '../payloads.ts'
import { knownClient } from './client-result.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { failuresIn, outcomeOfWrite, proofOfFailure } from './outcomes.ts'
import { keyOf, type PhoneBatch } from './phone-batch.ts'
import { proofSince } from './proof-since.ts'

export interface ContactCreationDeps extends Pick<HandlerDeps, 'settings' | 'now'> {
  readonly crm: Pick<HandlerDeps['crm'], 'createContacts' | 'contactsCreatedSince'>
  readonly index: Pick<HandlerDeps['index'], 'upsert'>
}

/** Makes a contact for every number of the batch that is still open. */
export async function createContacts(
  { crm, index, settings, now }: ContactCreationDeps,
  batch: PhoneBatch<CallPayload>,
  contactOf: (job: Job<CallPayload>) => Promise<NewContact>,
  signal: AbortSignal,
): Promise<void> {
  const open = batch.open()
  if (open.length === 0) return
  const contacts = await Promise.all(open.map(([, job]) => contactOf(job)))
  const writes = await crm.createContacts(contacts, signal)
  for (const error of failuresIn(writes)) batch.failed(error)

  const created: CrmClient[] = []
  for (const [at, [key]] of open.entries()) {
    const [write, contact] = [writes[at], contacts[at]]
    if (!write || !contact) continue
    const dropped = write.kind === 'written' && write.without === 'user'
    const client = (id: number) => asClient(id, contact, dropped ? 0 : (contact.owner ?? 0), now())
    if (write.kind === 'written') created.push(client(write.id))
    batch.settle(
      key,
      outcomeOfWrite(write, ({ id }) => knownClient(client(id), 'created')),
    )
  }
  // Before the jobs are done: the next call of the same number must find the contact here, the CRM's search lags.
  await index.upsert(created.map((client) => indexedClient(client, settings().country)))
}

/** Contacts with the jobs' numbers that were made since the first attempt, one proof a job. */
export async function proveContacts(
  { crm, index, settings, now }: ContactCreationDeps,
  jobs: readonly Job<CallPayload>[],
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  if (jobs.length === 0) return []
  const attempts = jobs.map((job) => job.firstAttemptAt ?? now())
  const since = proofSince(attempts, now())
  const { country } = settings()
  try {
    const created = await crm.contactsCreatedSince(since, signal)
    const proofs: Proof[] = []
    for (const job of jobs) {
      const client = created.find((each) => clientKeys(each.phones, country).includes(keyOf(job)))
      if (client) await index.upsert([indexedClient(client, country)])
      proofs.push(client ? { kind: 'found', result: knownClient(client, 'proven') } : { kind: 'absent' })
    }
    return proofs
  } catch (error) {
    return jobs.map(() => proofOfFailure(error))
  }
}

function asClient(id: number, { name, phone }: NewContact, owner: number, now: number): CrmClient {
  return { kind: 'contact', id, name, owner, phones: [phone], createdAt: now, updatedAt: now }
}
