import type { IncomingLead, NewIncomingLead } from '../../crm/port.ts'
import type { Job, Proof } from '../../outbox/job.ts'
import type { CallPayload } from '../payloads.ts'
import type { FoundClient } from './client-result.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { failuresIn, outcomeOfFailedRead, outcomeOfWrite } from './outcomes.ts'
import { keyOf, type PhoneBatch } from './phone-batch.ts'
import { proofSince } from './proof-since.ts'

export interface UnsortedCreationDeps extends Pick<HandlerDeps, 'now'> {
  readonly crm: Pick<HandlerDeps['crm'], 'createIncomingLeads' | 'incomingLeadsSince' | 'leadCallNotesSince'>
  readonly index: Pick<HandlerDeps['index'], 'rememberIncoming'>
  /** Whether incoming leads are switched on there. */
  readonly takes: (pipeline: number | undefined, signal: AbortSignal) => Promise<boolean>
}

type Entry = readonly [key: string, job: Job<CallPayload>]

/** An incoming lead carries a lead and a contact with it: fewer items a request than for plain contacts. */
const ITEMS_A_REQUEST = 50

/** Puts calls among the CRM's incoming leads. What it leaves open – switched off there, refused – gets contact and lead. */
export async function createUnsorted(
  deps: UnsortedCreationDeps,
  batch: PhoneBatch<CallPayload>,
  wanted: readonly (readonly [...Entry, lead: NewIncomingLead])[],
  signal: AbortSignal,
): Promise<void> {
  const taken = []
  for (const entry of wanted) {
    const [key, , lead] = entry
    try {
      if (await deps.takes(lead.pipeline, signal)) taken.push(entry)
    } catch (error) {
      batch.failed(error)
      batch.settle(key, outcomeOfFailedRead(error))
    }
  }
  for (let at = 0; at < taken.length; at += ITEMS_A_REQUEST) {
    await createSome(deps, batch, taken.slice(at, at + ITEMS_A_REQUEST), signal)
  }
}

async function createSome(
  { crm, index }: UnsortedCreationDeps,
  batch: PhoneBatch<CallPayload>,
  some: readonly (readonly [...Entry, lead: NewIncomingLead])[],
  signal: AbortSignal,
): Promise<void> {
  const writes = await crm.createIncomingLeads(
    some.map(([, , lead]) => lead),
    signal,
  )
  for (const error of failuresIn(writes)) batch.failed(error)
  await remember(
    index,
    some.flatMap(([key], at) => {
      const write = writes[at]
      return write?.kind === 'written' ? [[key, write] as const] : []
    }),
  )
  for (const [at, [key]] of some.entries()) {
    const write = writes[at]
    // A refused one was not stored: its call must not be lost for it.
    if (!write || write.kind === 'refused') continue
    batch.settle(
      key,
      outcomeOfWrite(write, ({ lead }) => inUnsorted(lead)),
    )
  }
}

/**
 * By `uniq`: among the incoming leads that wait, else (accepted meanwhile) among the leads' notes. Undefined: it stands in neither.
 * @throws CrmError
 */
export async function proveUnsorted(
  { crm, index, now }: UnsortedCreationDeps,
  jobs: readonly Job<CallPayload>[],
  signal: AbortSignal,
): Promise<readonly (Proof | undefined)[]> {
  if (jobs.length === 0) return []
  const attempts = jobs.map((job) => job.firstAttemptAt ?? now())
  const since = proofSince(attempts, now())
  const readWaiting = async () =>
    new Map((await crm.incomingLeadsSince(since, signal)).map((lead) => [lead.uniq, lead]))
  let waiting = await readWaiting()
  const uniqOf = (job: Job<CallPayload>) => job.payload.call.uniq
  const absent = jobs.map(uniqOf).filter((uniq) => !waiting.has(uniq))
  const accepted = absent.length === 0 ? [] : await crm.leadCallNotesSince(since, signal)
  // What was executed between the two looks has its note and waits all the same: unremembered, the number's next call would get a second one.
  if (accepted.some(({ uniq }) => absent.includes(uniq))) waiting = await readWaiting()
  await remember(
    index,
    jobs.flatMap((job) => {
      const lead = waiting.get(uniqOf(job))
      return lead ? [[keyOf(job), lead] as const] : []
    }),
  )
  return jobs.map((job) => {
    const lead = waiting.get(uniqOf(job))?.lead ?? accepted.find(({ uniq }) => uniq === uniqOf(job))?.entity.id
    return lead === undefined ? undefined : { kind: 'found', result: inUnsorted(lead) }
  })
}

/** Before the jobs are done: the number's next call must find the incoming lead here, no look-up shows it. */
async function remember(
  index: UnsortedCreationDeps['index'],
  leads: readonly (readonly [key: string, lead: IncomingLead])[],
): Promise<void> {
  const numbers = leads.flatMap(([key, { uid, lead, contact }]) =>
    contact === undefined ? [] : [{ key, uid, lead, contact }],
  )
  if (numbers.length > 0) await index.rememberIncoming(numbers)
}

function inUnsorted(lead: number): FoundClient {
  return { kind: 'unsorted', lead }
}
