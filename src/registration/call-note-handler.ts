import type { Crm, EntityRef, NewCallNote, StoredCallNote } from '../crm/port.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { adoptableNote } from './adoption.ts'
import { attribute } from './attribution.ts'
import { ClientResult } from './client-result.ts'
import { failuresIn, outcomeOfFailedRead, outcomeOfWrite, proofOfFailure, sendResult } from './outcomes.ts'
import type { CallNotePayload } from './payloads.ts'

export interface CallNoteHandlerDeps {
  readonly crm: Pick<Crm, 'createCallNotes' | 'callNotesOn'>
  readonly index: Pick<ContactIndex, 'remove'>
  readonly now: () => number
}

type NoteJob = Job<CallNotePayload>
interface Grounded {
  readonly job: NoteJob
  readonly client: ClientResult
}

const MAX_BATCH = 250
/** Clocks differ; a note cannot have been written before the call or the attempt. */
const PROOF_MARGIN_MS = 120_000

/** Writes the one call note of a call onto the client its `client` job found. */
export function callNoteHandler(deps: CallNoteHandlerDeps): JobHandler<CallNotePayload> {
  const { crm, index, now } = deps

  async function send(jobs: readonly NoteJob[], signal: AbortSignal): Promise<SendResult> {
    const outcomes = new Map<string, Outcome>()
    const errors: unknown[] = []
    const grounded = jobs.flatMap((job) => {
      const client = ClientResult.safeParse(job.given)
      if (client.success) return [{ job, client: client.data }]
      outcomes.set(job.key, { kind: 'lost-ground', reason: 'the client of the call is not known' })
      return []
    })
    await adoptOld(grounded, outcomes, errors, signal)

    const open = grounded.filter(({ job }) => !outcomes.has(job.key))
    const writes =
      open.length === 0
        ? []
        : await crm.createCallNotes(
            open.map((each) => noteOf(each, now())),
            signal,
          )
    errors.push(...failuresIn(writes))
    for (const [at, { job, client }] of open.entries()) {
      const write = writes[at]
      if (!write) continue
      if (write.kind === 'entity-gone') await index.remove(client.kind, client.id)
      const { reason } = attribute(job.payload.people, client.owner)
      outcomes.set(
        job.key,
        outcomeOfWrite(write, (id) => ({ note: id, entity: refOf(client), attributed: reason })),
      )
    }
    const results = jobs.map((job) => outcomes.get(job.key) ?? { kind: 'retry' as const, reason: 'not reached' })
    return sendResult(results, errors, now())
  }

  /** A call that reaches us late may stand in the CRM already, written by whoever watched meanwhile. */
  async function adoptOld(
    grounded: readonly Grounded[],
    outcomes: Map<string, Outcome>,
    errors: unknown[],
    signal: AbortSignal,
  ): Promise<void> {
    const old = grounded.filter(({ job }) => job.urgency === 'backfill' || now() > job.payload.quietAt)
    if (old.length === 0) return
    try {
      const since = Math.min(...old.map(({ job }) => job.payload.startedAt)) - PROOF_MARGIN_MS
      const stored = [...(await crm.callNotesOn(entitiesOf(old), since, signal))]
      for (const { job, client } of old) {
        const note = adoptableNote(stored, job.payload, client)
        if (!note) continue
        // Taken: a second call of the same client needs a note of its own.
        stored.splice(stored.indexOf(note), 1)
        outcomes.set(job.key, { kind: 'done', result: { ...found(note), adopted: true } })
      }
    } catch (error) {
      errors.push(error)
      for (const { job } of old) outcomes.set(job.key, outcomeOfFailedRead(error))
    }
  }

  async function prove(jobs: readonly NoteJob[], signal: AbortSignal): Promise<readonly Proof[]> {
    const grounded = jobs.flatMap((job) => {
      const client = ClientResult.safeParse(job.given)
      return client.success ? [{ job, client: client.data }] : []
    })
    const since = Math.min(...jobs.map((job) => job.firstAttemptAt ?? job.payload.startedAt)) - PROOF_MARGIN_MS
    try {
      const stored = grounded.length === 0 ? [] : await crm.callNotesOn(entitiesOf(grounded), since, signal)
      return jobs.map((job): Proof => {
        if (!grounded.some((each) => each.job === job)) return { kind: 'unknown', reason: 'the client is not known' }
        const note = stored.find((each) => each.uniq === job.payload.uniq)
        return note ? { kind: 'found', result: found(note) } : { kind: 'absent' }
      })
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  return { kind: 'call-note', maxBatch: MAX_BATCH, send, prove }
}

function noteOf({ job, client }: Grounded, now: number): NewCallNote {
  const { uniq, direction, phone, startedAt, talkSeconds, status, people, quietAt } = job.payload
  const { person, author } = attribute(people, client.owner)
  const quiet = now > quietAt
  return { entity: refOf(client), uniq, direction, phone, startedAt, talkSeconds, status, person, author, quiet }
}

function refOf(client: ClientResult): EntityRef {
  return { kind: client.kind, id: client.id }
}

function found(note: StoredCallNote) {
  return { note: note.id, entity: note.entity }
}

function entitiesOf(grounded: readonly Grounded[]): readonly EntityRef[] {
  return [...new Map(grounded.map(({ client }) => [`${client.kind}/${client.id}`, refOf(client)])).values()]
}
