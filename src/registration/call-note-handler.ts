import type { Crm, NewCallNote, StoredCallNote } from '../crm/port.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { adoptableNote } from './adoption.ts'
import { attribute } from './attribution.ts'
import type { KnownClient } from './client-result.ts'
import { entitiesOf, type Grounded, ground, proofOfEnd, refOf } from './ground.ts'
import { failuresIn, outcomeOfFailedRead, outcomeOfWrite, proofOfFailure, sendResult } from './outcomes.ts'
import type { CallNotePayload } from './payloads.ts'
import { PROOF_MARGIN_MS, proofSince } from './proof-since.ts'

export interface CallNoteHandlerDeps {
  readonly crm: Pick<Crm, 'createCallNotes' | 'callNotesOn'>
  readonly index: Pick<ContactIndex, 'remove' | 'forgetIncoming'>
  readonly now: () => number
}

type NoteJob = Job<CallNotePayload>
type GroundedNote = Grounded<CallNotePayload>

const MAX_BATCH = 250

/** Writes the one call note of a call onto the client the job before found; a call that stands in an incoming lead has its note there. */
export function callNoteHandler(deps: CallNoteHandlerDeps): JobHandler<CallNotePayload> {
  const { crm, index, now } = deps

  async function send(jobs: readonly NoteJob[], signal: AbortSignal): Promise<SendResult> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const outcomes = new Map(ended)
    const errors: unknown[] = []
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
      if (write.kind === 'entity-gone') await forget(client)
      const { reason } = attribute(job.payload.people, client.owner)
      outcomes.set(
        job.key,
        outcomeOfWrite(write, ({ id }) => ({ note: id, entity: refOf(client), attributed: reason })),
      )
    }
    const results = jobs.map((job) => outcomes.get(job.key) ?? { kind: 'retry' as const, reason: 'not reached' })
    return sendResult(results, errors, now())
  }

  async function forget({ kind, id, incoming }: KnownClient): Promise<void> {
    await index.remove(kind, id)
    if (incoming !== undefined) await index.forgetIncoming(incoming)
  }

  /** A call that reaches us late may stand in the CRM already, written by whoever watched meanwhile. */
  async function adoptOld(
    grounded: readonly GroundedNote[],
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
    const { grounded, ended } = ground(jobs, inUnsorted)
    const attempts = jobs.map((job) => job.firstAttemptAt ?? job.payload.startedAt)
    const since = proofSince(attempts, now())
    try {
      const stored = grounded.length === 0 ? [] : await crm.callNotesOn(entitiesOf(grounded), since, signal)
      return jobs.map((job): Proof => {
        if (!grounded.some((each) => each.job === job)) return proofOfEnd(ended.get(job.key))
        const note = stored.find((each) => each.uniq === job.payload.uniq)
        return note ? { kind: 'found', result: found(note) } : { kind: 'absent' }
      })
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  return { kind: 'call-note', maxBatch: MAX_BATCH, send, prove }
}

const inUnsorted = (lead: number) => ({ skipped: 'the incoming lead tells the call', lead })

function noteOf({ job, client }: GroundedNote, now: number): NewCallNote {
  const { uniq, direction, phone, startedAt, talkSeconds, status, people, quietAt } = job.payload
  const { person, author } = attribute(people, client.owner)
  const quiet = now > quietAt
  return { entity: refOf(client), uniq, direction, phone, startedAt, talkSeconds, status, person, author, quiet }
}

function found(note: StoredCallNote) {
  return { note: note.id, entity: note.entity }
}
