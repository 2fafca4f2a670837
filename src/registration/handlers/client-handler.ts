import type { Job, JobHandler, Outcome, Proof, SendResult } from '../../outbox/job.ts'
import type { CallPayload } from '../payloads.ts'
import { decidedAt } from '../plan/decision.ts'
import type { Draw } from '../plan/responsible.ts'
import { type ClientResult, type FoundClient, knownClient } from './client-result.ts'
import { searchClients } from './client-search.ts'
import { createContacts, proveContacts } from './contact-creation.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { isForUnsorted, newContact, newIncomingLead } from './new-client.ts'
import { outcomeOfFailedRead, proofOfFailure } from './outcomes.ts'
import { needsDraw, ruleOf } from './people-of-call.ts'
import { keyOf, type PhoneBatch, phoneBatch } from './phone-batch.ts'
import { rememberedFor } from './remembered-for.ts'
import { createUnsorted, proveUnsorted } from './unsorted-creation.ts'
import { searchWaiting } from './waiting-search.ts'
import { whyClient } from './why-client.ts'

type ClientJob = Job<CallPayload>

/** The CRM takes 250 items a request. */
const MAX_BATCH = 250
/** An administrator who switches unsorted on or off is noticed so soon. */
const SWITCH_REMEMBERED_MS = 300_000

/**
 * Finds the client of a call; an unknown number becomes what the rule says: a contact, an incoming lead that tells the call itself
 * (unsorted), nobody. A number that waits in an incoming lead gets no second one: the contact that waits with it is the client. Old
 * calls and accounts without unsorted get contacts.
 */
export function clientHandler(
  deps: Omit<HandlerDeps, 'jobs' | 'callbackTasks' | 'lastTalks'>,
): JobHandler<CallPayload> {
  const { crm, settings, hooks, turns, now, random } = deps
  const takes = rememberedFor(SWITCH_REMEMBERED_MS, now, (pipeline: number | undefined, signal) =>
    crm.takesIncomingLeads(pipeline, signal),
  )
  const unsortedDeps = { ...deps, takes }

  async function send(jobs: readonly ClientJob[], signal: AbortSignal): Promise<SendResult> {
    const asking = jobs.filter((job) => hiddenCaller(job) === undefined)
    // A number's second job would take the first one's incoming lead for its own and never be told.
    const firsts = [...new Map(asking.map((job) => [keyOf(job), job] as const).toReversed()).values()]
    const batch = phoneBatch(firsts)
    await searchWaiting(deps, batch, signal)
    await searchClients(deps, batch, signal)
    await askClicked(batch, signal)
    const strangers = new Set(batch.open().map(([, job]) => job))
    const draws = new Map<ClientJob, Draw>()
    for (const job of jobs) draws.set(job, await drawFor(job, !strangers.has(job)))
    const stranger = { settings: settings(), hooks, tokenUser: await fallback(batch, signal) }

    for (const [key, job] of batch.open()) {
      if (ruleOf(job.payload.call, false, settings()).rule.create === 'nothing')
        batch.settle(key, { kind: 'done', result: nobody })
    }
    const forUnsorted = batch
      .open()
      .filter(([, { payload }]) => isForUnsorted(payload.call, settings()) && now() <= payload.call.quietAt)
    const leads = await Promise.all(
      forUnsorted.map(
        async ([key, job]) =>
          [
            key,
            job,
            await newIncomingLead(job.payload.call, {
              ...stranger,
              draw: draws.get(job),
              recordingUrl: deps.recordingUrl(job.payload.call),
            }),
          ] as const,
      ),
    )
    await createUnsorted(unsortedDeps, batch, leads, signal)
    const contactOf = (job: ClientJob) => newContact(job.payload.call, { ...stranger, draw: draws.get(job) })
    await createContacts(deps, batch, contactOf, signal)

    const { outcomes, ...rest } = batch.result(now())
    const byJob = new Map(firsts.map((job, at) => [job, outcomes[at]]))
    return {
      ...rest,
      outcomes: jobs.map((job) => {
        const outcome = hiddenCaller(job) ??
          byJob.get(job) ?? { kind: 'retry', reason: 'one call of a number at a time' }
        return finished(job, outcome, draws.get(job), !strangers.has(job))
      }),
    }
  }

  /** A withheld number has a contact by setting. */
  function hiddenCaller(job: ClientJob): Outcome | undefined {
    const { hiddenNumberContact } = settings()
    if (job.payload.call.phone !== '' || hiddenNumberContact === undefined) return undefined
    const result: FoundClient = { kind: 'contact', id: hiddenNumberContact, owner: 0, how: 'hidden' }
    return { kind: 'done', result }
  }

  /** Whoever was called from a card is the client of that card, whatever number it was. */
  async function askClicked(batch: PhoneBatch<CallPayload>, signal: AbortSignal): Promise<void> {
    const asked = batch.open().flatMap(([key, { payload }]) => {
      const { clicked } = payload.call
      return clicked && clicked.kind !== 'lead' ? [{ key, clicked }] : []
    })
    if (asked.length === 0) return
    try {
      const clients = await crm.clientsById(
        asked.map(({ clicked }) => clicked),
        signal,
      )
      for (const { key, clicked } of asked) {
        const client = clients.find(({ kind, id }) => kind === clicked.kind && id === clicked.id)
        if (client) batch.settle(key, { kind: 'done', result: knownClient(client, 'clicked') })
      }
    } catch (error) {
      batch.failed(error)
      for (const { key } of asked) batch.settle(key, outcomeOfFailedRead(error))
    }
  }

  async function drawFor({ payload: { call } }: ClientJob, isKnown: boolean): Promise<Draw> {
    const { kind, rule } = ruleOf(call, isKnown, settings())
    if (!needsDraw(rule)) return { turn: 0, random: 0 }
    return { turn: await turns.next(`${call.line}/${kind}`), random: random() }
  }

  /** Whom calls of nobody belong to; whoever needs that and cannot be told tries again. */
  async function fallback(batch: PhoneBatch<CallPayload>, signal: AbortSignal): Promise<number | undefined> {
    if (batch.open().length === 0 || settings().defaultUser !== undefined) return undefined
    try {
      return await deps.tokenUser(signal)
    } catch (error) {
      batch.failed(error)
      for (const [key] of batch.open()) batch.settle(key, outcomeOfFailedRead(error))
      return undefined
    }
  }

  function finished(job: ClientJob, outcome: Outcome, draw: Draw | undefined, isKnown: boolean): Outcome {
    return outcome.kind === 'done' ? { kind: 'done', result: result(job, outcome.result, draw, isKnown) } : outcome
  }

  function result(job: ClientJob, found: unknown, draw: Draw | undefined, isKnown: boolean): ClientResult {
    // Made by the searches above.
    const client = found as FoundClient
    const { rule } = ruleOf(job.payload.call, isKnown, settings())
    const decisions = decidedAt(
      whyClient(client, { call: job.payload.call, isKnown, settings: settings(), now: now() }),
      now(),
    )
    return {
      ...client,
      known: isKnown,
      ...(draw && needsDraw(rule) && { draw }),
      decisions: [...decisions],
    } as ClientResult
  }

  async function prove(jobs: readonly ClientJob[], signal: AbortSignal): Promise<readonly Proof[]> {
    try {
      const asked = jobs.filter(({ payload }) => isForUnsorted(payload.call, settings()))
      const unsorted = new Map(
        (await proveUnsorted(unsortedDeps, asked, signal)).map((proof, at) => [asked[at], proof]),
      )
      const others = jobs.filter((job) => unsorted.get(job) === undefined)
      const contacts = await proveContacts(deps, others, signal)
      const proofs = jobs.map((job): Proof => unsorted.get(job) ?? contacts[others.indexOf(job)] ?? { kind: 'absent' })
      return await Promise.all(jobs.map(async (job, at) => proven(job, proofs[at] ?? { kind: 'absent' })))
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  /** What was proven was made by an attempt of ours: nobody had the number before. */
  async function proven(job: ClientJob, proof: Proof): Promise<Proof> {
    if (proof.kind !== 'found') return proof
    return { kind: 'found', result: result(job, proof.result, await drawFor(job, false), false) }
  }

  return { kind: 'client', maxBatch: MAX_BATCH, send, prove }
}

const nobody: FoundClient = { kind: 'nobody' }
