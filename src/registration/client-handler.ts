import { clientKeys } from '../crm/client-keys.ts'
import { indexedClient } from '../crm/indexed-client.ts'
import type { Crm, CrmClient } from '../crm/port.ts'
import { phoneKey } from '../numbers/phone-number.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { type ClientResult, chooseClient } from './client-result.ts'
import { failuresIn, outcomeOfFailedRead, outcomeOfWrite, proofOfFailure, sendResult } from './outcomes.ts'
import type { ClientPayload } from './payloads.ts'

export interface ClientHandlerDeps {
  readonly crm: Pick<Crm, 'findClientsByPhone' | 'createContacts' | 'contactsCreatedSince'>
  readonly index: ContactIndex
  /** Country of numbers written without a country code. */
  readonly country: string
  /**
   * Brings the index up to everything that stood in the CRM when it was called; `false` while the first fill is under way, when
   * absence from the index means nothing. Callers who ask at the same time share one delta.
   */
  readonly refresh: (signal: AbortSignal) => Promise<boolean>
  readonly now: () => number
}

type ClientJob = Job<ClientPayload>

/** The CRM takes 250 items a request. */
const MAX_BATCH = 250
/**
 * Up to so many unknown numbers are also looked up live, in case the index missed a client; above it the delta alone is the proof,
 * else a rush of strangers would spend the account's whole pace on look-ups.
 */
const LIVE_LOOK_UPS = 10
/** Clocks differ and creation times are whole seconds. */
const PROOF_MARGIN_MS = 120_000

/** Finds the client of a call, or creates it: once, whatever is asked at the same time. */
export function clientHandler(deps: ClientHandlerDeps): JobHandler<ClientPayload> {
  const { crm, index, country, now } = deps

  async function send(jobs: readonly ClientJob[], signal: AbortSignal): Promise<SendResult> {
    const outcomes = new Map<string, Outcome>()
    const errors: unknown[] = []
    let tooMany = false
    const settle = (key: string, outcome: Outcome) => outcomes.set(key, outcome)
    const open = () => distinctByKey(jobs).filter(([key]) => !outcomes.has(key))

    for (const [key, job] of open()) if (key === '') settle(key, notANumber(job))
    await settleFromIndex(open(), settle)
    try {
      if (open().length > 0) {
        const complete = await deps.refresh(signal)
        if (complete) await settleFromIndex(open(), settle)
        const unknown = open()
        if (!complete) {
          // Every number needs a look-up of its own: the batch would take longer than it may.
          tooMany = unknown.length > LIVE_LOOK_UPS
          for (const [key] of unknown.slice(LIVE_LOOK_UPS)) settle(key, waitsItsTurn)
        }
        if (!complete || unknown.length <= LIVE_LOOK_UPS) await lookUpLive(open(), settle, errors, signal)
      }
    } catch (error) {
      errors.push(error)
      for (const [key] of open()) settle(key, outcomeOfFailedRead(error))
    }
    await create(open(), settle, errors, signal)

    const results = jobs.map((job) => outcomes.get(keyOf(job)) ?? { kind: 'retry' as const, reason: 'not reached' })
    const result = sendResult(results, errors, now())
    return tooMany ? { ...result, tooHeavy: true } : result
  }

  async function settleFromIndex(open: readonly KeyedJob[], settle: Settle): Promise<void> {
    for (const [key] of open) {
      const client = chooseClient(await index.lookup(key))
      if (client) settle(key, done(client, 'index'))
    }
  }

  async function lookUpLive(
    open: readonly KeyedJob[],
    settle: Settle,
    errors: unknown[],
    signal: AbortSignal,
  ): Promise<void> {
    await Promise.all(
      open.map(async ([key, job]) => {
        try {
          const client = chooseClient(await crm.findClientsByPhone(job.payload.phone, signal))
          if (!client) return
          await index.upsert([indexedClient(client, country)])
          settle(key, done(client, 'look-up'))
        } catch (error) {
          errors.push(error)
          settle(key, outcomeOfFailedRead(error))
        }
      }),
    )
  }

  async function create(
    open: readonly KeyedJob[],
    settle: Settle,
    errors: unknown[],
    signal: AbortSignal,
  ): Promise<void> {
    if (open.length === 0) return
    const contacts = open.map(([, { payload }]) => ({
      name: payload.name,
      phone: payload.phone,
      ...(payload.owner !== undefined && { owner: payload.owner }),
    }))
    const writes = await crm.createContacts(contacts, signal)
    errors.push(...failuresIn(writes))

    const created: CrmClient[] = []
    for (const [at, [key, { payload }]] of open.entries()) {
      const write = writes[at]
      if (!write) continue
      const dropped = write.kind === 'written' && write.without === 'user'
      const client = (id: number) => newContact(id, payload, dropped ? 0 : (payload.owner ?? 0), now())
      if (write.kind === 'written') created.push(client(write.id))
      settle(
        key,
        outcomeOfWrite(write, (id) => resultOf(client(id), 'created')),
      )
    }
    // Before the jobs are done: the next call of the same number must find the contact here, the CRM's search lags.
    await index.upsert(created.map((client) => indexedClient(client, country)))
  }

  async function prove(jobs: readonly ClientJob[], signal: AbortSignal): Promise<readonly Proof[]> {
    const since = Math.min(...jobs.map((job) => job.firstAttemptAt ?? now())) - PROOF_MARGIN_MS
    try {
      const created = await crm.contactsCreatedSince(since, signal)
      const proofs: Proof[] = []
      for (const job of jobs) {
        const client = created.find((each) => clientKeys(each.phones, country).includes(keyOf(job)))
        if (client) await index.upsert([indexedClient(client, country)])
        proofs.push(client ? { kind: 'found', result: resultOf(client, 'proven') } : { kind: 'absent' })
      }
      return proofs
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  return { kind: 'client', maxBatch: MAX_BATCH, send, prove }
}

type KeyedJob = readonly [key: string, job: ClientJob]
type Settle = (key: string, outcome: Outcome) => void

/** Lanes keep jobs of one number apart; should they meet in a batch all the same, they share one contact. */
function distinctByKey(jobs: readonly ClientJob[]): readonly KeyedJob[] {
  return [...new Map(jobs.map((job) => [keyOf(job), job] as const).toReversed())]
}

const waitsItsTurn: Outcome = {
  kind: 'retry',
  reason: 'the contact index is being filled; numbers are looked up in turn',
}

function keyOf(job: ClientJob): string {
  return phoneKey(job.payload.phone) ?? ''
}

function notANumber(job: ClientJob): Outcome {
  return { kind: 'refused', reason: `not a client's number: ${job.payload.phone}` }
}

function done(client: Pick<CrmClient, 'kind' | 'id' | 'owner'>, how: ClientResult['how']): Outcome {
  return { kind: 'done', result: resultOf(client, how) }
}

function resultOf(client: Pick<CrmClient, 'kind' | 'id' | 'owner'>, how: ClientResult['how']): ClientResult {
  return { kind: client.kind, id: client.id, owner: client.owner, how }
}

function newContact(id: number, payload: ClientPayload, owner: number, at: number): CrmClient {
  return { kind: 'contact', id, name: payload.name, owner, phones: [payload.phone], createdAt: at, updatedAt: at }
}
