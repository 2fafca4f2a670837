import type { NewCallNote, StoredCallNote } from '../../crm/port.ts'
import type { Job, JobHandler, Proof, SendResult } from '../../outbox/job.ts'
import { hooked } from '../hooks.ts'
import type { CallNotePayload } from '../payloads.ts'
import { decidedAt, type Reason } from '../plan/decision.ts'
import { whyResponsible } from '../plan/responsible.ts'
import { adoptableNote } from './adoption.ts'
import { callNote, noteUniq } from './call-note.ts'
import { type CardsDeps, type CardsOfCall, cardsOfCall, forgetEntity, freshCards } from './cards-of-call.ts'
import { clientsOf } from './client-result.ts'
import { type Grounded, ground, proofOfEnd, refOf, uniqueEntities } from './ground.ts'
import { answersTo } from './grounded-batch.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { failuresIn, outcomeOfWrite, proofOfFailure } from './outcomes.ts'
import { PROOF_MARGIN_MS, proofSince } from './proof-since.ts'

export type CallNoteDeps = CardsDeps &
  Pick<HandlerDeps, 'hooks' | 'recordingUrl' | 'now' | 'leads'> & {
    readonly crm: Pick<HandlerDeps['crm'], 'createCallNotes' | 'callNotesOn'>
    readonly index: Pick<HandlerDeps['index'], 'remove' | 'forgetIncoming'>
  }

type NoteJob = Job<CallNotePayload>

/** A note about to be written. */
interface Prepared extends Grounded<CallNotePayload> {
  readonly cards: CardsOfCall
  readonly note: NewCallNote
}

const MAX_BATCH = 250

/** Writes the note of a call where the rules say; a call that stands in an incoming lead has its note there. */
export function callNoteHandler(deps: CallNoteDeps): JobHandler<CallNotePayload> {
  const { crm, settings, hooks, now } = deps

  async function send(jobs: readonly NoteJob[], signal: AbortSignal): Promise<SendResult> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const answers = answersTo(jobs, ended)
    let prepared: readonly Prepared[] = []
    try {
      await freshCards(
        deps,
        grounded.map(({ client }) => client),
        signal,
      )
      prepared = await Promise.all(grounded.map((each) => prepare(each, signal)))
      await adoptOld(prepared)
    } catch (error) {
      answers.unread(
        grounded.map(({ job }) => job),
        error,
      )
    }
    await write(prepared.filter(({ job }) => !answers.has(job)))
    return answers.result(now())

    /** A call that reaches us late may stand in the CRM already, written by whoever watched meanwhile. */
    async function adoptOld(all: readonly Prepared[]): Promise<void> {
      const old = all.filter(({ job }) => isOld(job))
      if (old.length === 0) return
      const since = Math.min(...old.map(({ job }) => job.payload.call.startedAt)) - PROOF_MARGIN_MS
      const stored = [...(await crm.callNotesOn(uniqueEntities(old.map(({ note }) => note.entity)), since, signal))]
      for (const { job, note: own, cards } of old) {
        const note = adoptableNote(stored, own, own.entity)
        if (!note) continue
        // Taken: a second call of the same client needs a note of its own.
        stored.splice(stored.indexOf(note), 1)
        const why: Reason = { about: 'note', code: 'adopted', facts: { note: note.id } }
        answers.set(job, {
          kind: 'done',
          result: { ...found(note, own), adopted: true, decisions: decided([cards.whyEntity, why]) },
        })
      }
    }

    async function write(open: readonly Prepared[]): Promise<void> {
      if (open.length === 0) return
      const writes = await crm.createCallNotes(
        open.map(({ note }) => note),
        signal,
      )
      answers.failed(...failuresIn(writes))
      for (const [at, each] of open.entries()) {
        const outcome = writes[at]
        if (!outcome) continue
        const { job, client, cards, note } = each
        if (outcome.kind === 'entity-gone') await forgetEntity(deps, cards.entity, client)
        // A slow script must not keep what was written from being saved; it never rejects.
        if (outcome.kind === 'written') {
          void hooked(hooks, 'post-registration', { entity: note.entity, note: outcome.id }, contextOf(each))
        }
        answers.set(
          job,
          outcomeOfWrite(outcome, ({ id }) => ({
            note: id,
            entity: note.entity,
            sent: note,
            decisions: whyNote(each),
          })),
        )
      }
    }
  }

  function isOld({ urgency, payload }: NoteJob): boolean {
    return urgency === 'backfill' || now() > payload.call.quietAt
  }

  async function prepare(each: Grounded<CallNotePayload>, signal: AbortSignal): Promise<Prepared> {
    const { job, client } = each
    const { call } = job.payload
    const cards = await cardsOfCall(deps, call, client, signal)
    const recordingUrl = deps.recordingUrl(call)
    const note = callNote(job.payload, cards, { settings: settings(), quiet: now() > call.quietAt, recordingUrl })
    return { ...each, cards, note: await hooked(hooks, 'call-parameters', note, contextOf(each)) }
  }

  function contextOf({ job, client }: Grounded<CallNotePayload>) {
    return { call: job.payload.call, client: refOf(client) }
  }

  function whyNote({ cards, note }: Prepared) {
    const status: Reason = { about: 'status', code: note.status, facts: { seconds: note.talkSeconds } }
    return decided([cards.whyEntity, whyResponsible('person', cards.responsible, cards.people), status])
  }

  function decided(reasons: readonly Reason[]) {
    return decidedAt(reasons, now())
  }

  async function prove(jobs: readonly NoteJob[], signal: AbortSignal): Promise<readonly Proof[]> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const attempts = jobs.map((job) => job.firstAttemptAt ?? job.payload.call.startedAt)
    try {
      const prepared = await Promise.all(grounded.map((each) => prepare(each, signal)))
      // Rules and leads may have changed since the attempt: it is looked for wherever it may have gone.
      const places = prepared.flatMap(({ note, client, cards }) => [
        note.entity,
        ...clientsOf(client),
        ...cards.leads.map(({ id }) => ({ kind: 'lead' as const, id })),
      ])
      const stored =
        places.length === 0 ? [] : await crm.callNotesOn(uniqueEntities(places), proofSince(attempts, now()), signal)
      return jobs.map((job): Proof => {
        const each = prepared.find((one) => one.job === job)
        if (!each) return proofOfEnd(ended.get(job.key))
        const { call, person } = job.payload
        const note = stored.find(({ uniq }) => uniq === noteUniq(call, person))
        return note
          ? { kind: 'found', result: { ...found(note, each.note), decisions: whyNote(each) } }
          : { kind: 'absent' }
      })
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  return { kind: 'call-note', maxBatch: MAX_BATCH, send, prove }
}

const inUnsorted = (lead: number) => ({ skipped: 'the incoming lead tells the call', lead })

/** `sent` is kept whole: the CRM replaces all of a note's parameters when one changes. */
function found(note: StoredCallNote, sent: NewCallNote) {
  return { note: note.id, entity: note.entity, sent: { ...sent, entity: note.entity, uniq: note.uniq } }
}
