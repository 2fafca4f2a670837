import type { Crm, IncomingLead } from '../crm/port.ts'
import type { Job, JobHandler, Proof, SendResult } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { attribute } from './attribution.ts'
import type { ClientResult } from './client-result.ts'
import { type ClientSearchDeps, searchClients } from './client-search.ts'
import { type ContactCreationDeps, createContacts, proveContacts } from './contact-creation.ts'
import { failuresIn, outcomeOfFailedRead, outcomeOfWrite, proofOfFailure } from './outcomes.ts'
import type { UnsortedPayload } from './payloads.ts'
import { keyOf, type PhoneBatch, phoneBatch } from './phone-batch.ts'
import { proofSince } from './proof-since.ts'
import { rememberedFor } from './remembered-for.ts'
import { searchWaiting, type WaitingSearchDeps } from './waiting-search.ts'

export interface UnsortedHandlerDeps extends Pick<ClientSearchDeps, 'country' | 'refresh'> {
  readonly crm: ClientSearchDeps['crm'] &
    WaitingSearchDeps['crm'] &
    ContactCreationDeps['crm'] &
    Pick<Crm, 'createIncomingLeads' | 'incomingLeadsSince' | 'leadCallNotesSince' | 'takesIncomingLeads'>
  readonly index: ClientSearchDeps['index'] & WaitingSearchDeps['index'] & Pick<ContactIndex, 'rememberIncoming'>
  readonly now: () => number
}

type UnsortedJob = Job<UnsortedPayload>
type UnsortedBatch = PhoneBatch<UnsortedPayload>

/** An incoming lead carries a lead and a contact with it: fewer items a request than for plain contacts. */
const MAX_BATCH = 50
/** An administrator who switches unsorted on or off is noticed so soon. */
const SWITCH_REMEMBERED_MS = 300_000

/**
 * Finds the client of an inbound call; who is unknown gets an incoming lead (unsorted) that tells the call. A number that waits in one
 * already gets no second: the call's note goes to the contact that waits with it. Where the account or the pipeline takes no incoming
 * leads, or the call has grown old, a contact is made instead.
 */
export function unsortedHandler(deps: UnsortedHandlerDeps): JobHandler<UnsortedPayload> {
  const { crm, index, now } = deps
  const takes = rememberedFor(SWITCH_REMEMBERED_MS, now, (pipeline: number | undefined, signal) =>
    crm.takesIncomingLeads(pipeline, signal),
  )

  async function send(jobs: readonly UnsortedJob[], signal: AbortSignal): Promise<SendResult> {
    // A number's second job would take the first one's incoming lead for its own and never be told.
    const firsts = [...new Map(jobs.map((job) => [keyOf(job), job] as const).toReversed()).values()]
    const batch = phoneBatch(firsts)
    await searchWaiting(deps, batch, signal)
    await searchClients(deps, batch, signal)
    await createLeads(batch, signal)
    await createContacts(deps, batch, signal)
    const { outcomes, ...rest } = batch.result(now())
    const byJob = new Map(firsts.map((job, at) => [job, outcomes[at]]))
    return {
      ...rest,
      outcomes: jobs.map((job) => byJob.get(job) ?? { kind: 'retry', reason: 'one call of a number at a time' }),
    }
  }

  /** What it leaves open gets a contact. */
  async function createLeads(batch: UnsortedBatch, signal: AbortSignal): Promise<void> {
    const young = batch.open().filter(([, job]) => now() <= job.payload.quietAt)
    const taken: (readonly [string, UnsortedJob])[] = []
    for (const [key, job] of young) {
      try {
        if (await takes(job.payload.pipeline, signal)) taken.push([key, job])
      } catch (error) {
        batch.failed(error)
        batch.settle(key, outcomeOfFailedRead(error))
      }
    }
    if (taken.length === 0) return
    const writes = await crm.createIncomingLeads(
      taken.map(([, job]) => leadOf(job.payload)),
      signal,
    )
    for (const error of failuresIn(writes)) batch.failed(error)
    await remember(
      taken.flatMap(([key], at) => {
        const write = writes[at]
        return write?.kind === 'written' ? [[key, write] as const] : []
      }),
    )
    for (const [at, [key]] of taken.entries()) {
      const write = writes[at]
      // A refused one was not stored: its call must not be lost for it.
      if (!write || write.kind === 'refused') continue
      batch.settle(
        key,
        outcomeOfWrite(write, ({ lead }) => inUnsorted(lead)),
      )
    }
  }

  /** Before the jobs are done: the number's next call must find the incoming lead here, no look-up shows it. */
  async function remember(leads: readonly (readonly [key: string, lead: IncomingLead])[]): Promise<void> {
    const numbers = leads.flatMap(([key, { uid, lead, contact }]) =>
      contact === undefined ? [] : [{ key, uid, lead, contact }],
    )
    if (numbers.length > 0) await index.rememberIncoming(numbers)
  }

  /** By `uniq`: among the incoming leads that wait, else (accepted meanwhile) among the leads' notes; else it may be a contact. */
  async function prove(jobs: readonly UnsortedJob[], signal: AbortSignal): Promise<readonly Proof[]> {
    const attempts = jobs.map((job) => job.firstAttemptAt ?? now())
    const since = proofSince(attempts, now())
    try {
      const waiting = new Map((await crm.incomingLeadsSince(since, signal)).map((lead) => [lead.uniq, lead]))
      const accepted = jobs.every(({ payload }) => waiting.has(payload.uniq))
        ? []
        : await crm.leadCallNotesSince(since, signal)
      await remember(
        jobs.flatMap((job) => {
          const lead = waiting.get(job.payload.uniq)
          return lead ? [[keyOf(job), lead] as const] : []
        }),
      )
      const leads = jobs.map(
        ({ payload }) =>
          waiting.get(payload.uniq)?.lead ?? accepted.find(({ uniq }) => uniq === payload.uniq)?.entity.id,
      )
      const others = jobs.filter((_, at) => leads[at] === undefined)
      const contacts = await proveContacts(deps, others, signal)
      return jobs.map((job, at): Proof => {
        const lead = leads[at]
        if (lead !== undefined) return { kind: 'found', result: inUnsorted(lead) }
        return contacts[others.indexOf(job)] ?? { kind: 'absent' }
      })
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  return { kind: 'unsorted', maxBatch: MAX_BATCH, send, prove }
}

function leadOf({ name, uniq, phone, startedAt, talkSeconds, people, line, lineName, pipeline }: UnsortedPayload) {
  const { person } = attribute(people, undefined)
  return { name, uniq, phone, startedAt, talkSeconds, person, line, lineName, pipeline }
}

function inUnsorted(lead: number): ClientResult {
  return { kind: 'unsorted', lead }
}
