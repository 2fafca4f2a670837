import { clientKeys } from '../crm/client-keys.ts'
import { indexedClient } from '../crm/indexed-client.ts'
import type { Crm, CrmClient } from '../crm/port.ts'
import type { Job, Proof } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { knownClient } from './client-result.ts'
import { failuresIn, outcomeOfWrite, proofOfFailure } from './outcomes.ts'
import type { ClientPayload } from './payloads.ts'
import { keyOf, type PhoneBatch } from './phone-batch.ts'
import { proofSince } from './proof-since.ts'

export interface ContactCreationDeps {
  readonly crm: Pick<Crm, 'createContacts' | 'contactsCreatedSince'>
  readonly index: Pick<ContactIndex, 'upsert'>
  readonly country: string
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Makes a contact for every number of the batch that is still open. */
export async function createContacts<Payload extends ClientPayload>(
  { crm, index, country, now }: ContactCreationDeps,
  batch: PhoneBatch<Payload>,
  signal: AbortSignal,
): Promise<void> {
  const open = batch.open()
  if (open.length === 0) return
  const contacts = open.map(([, { payload }]) => ({
    name: payload.name,
    phone: payload.phone,
    ...(payload.owner !== undefined && { owner: payload.owner }),
  }))
  const writes = await crm.createContacts(contacts, signal)
  for (const error of failuresIn(writes)) batch.failed(error)

  const created: CrmClient[] = []
  for (const [at, [key, { payload }]] of open.entries()) {
    const write = writes[at]
    if (!write) continue
    const dropped = write.kind === 'written' && write.without === 'user'
    const client = (id: number) => newContact(id, payload, dropped ? 0 : (payload.owner ?? 0), now())
    if (write.kind === 'written') created.push(client(write.id))
    batch.settle(
      key,
      outcomeOfWrite(write, ({ id }) => knownClient(client(id), 'created')),
    )
  }
  // Before the jobs are done: the next call of the same number must find the contact here, the CRM's search lags.
  await index.upsert(created.map((client) => indexedClient(client, country)))
}

/** Contacts with the jobs' numbers that were made since the first attempt, one proof a job. */
export async function proveContacts(
  { crm, index, country, now }: ContactCreationDeps,
  jobs: readonly Job<ClientPayload>[],
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  if (jobs.length === 0) return []
  const attempts = jobs.map((job) => job.firstAttemptAt ?? now())
  const since = proofSince(attempts, now())
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

function newContact(id: number, { name, phone }: ClientPayload, owner: number, now: number): CrmClient {
  return { kind: 'contact', id, name, owner, phones: [phone], createdAt: now, updatedAt: now }
}
