import { z } from 'zod'
import type { NewCallNote } from '../../crm/port.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../../outbox/job.ts'
import type { NoteChangePayload } from '../payloads.ts'
import { callNote } from './call-note.ts'
import { type CardsDeps, cardsOfCall } from './cards-of-call.ts'
import { ClientResult } from './client-result.ts'
import { answersTo } from './grounded-batch.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { failuresIn, outcomeOfWrite } from './outcomes.ts'

export type NoteChangeDeps = CardsDeps &
  Pick<HandlerDeps, 'now'> & { readonly crm: Pick<HandlerDeps['crm'], 'changeCallNotes'> }

type ChangeJob = Job<NoteChangePayload>

const MAX_BATCH = 250

/** What the note's job left; the note itself was checked when it was sent. */
const Written = z.object({
  note: z.number(),
  sent: z.custom<NewCallNote>((value) => typeof value === 'object' && value !== null),
})

/**
 * Tells a call's note anew: a recording that came later, a call that the better witness saw otherwise, the manager's words. The CRM
 * replaces all parameters of a note, so the whole note is sent each time, with everything that has changed so far.
 */
export function noteChangeHandler(deps: NoteChangeDeps): JobHandler<NoteChangePayload> {
  const { crm, settings, jobs: siblings, now } = deps

  async function send(jobs: readonly ChangeJob[], signal: AbortSignal): Promise<SendResult> {
    const answers = answersTo(jobs, new Map())
    const changes: { readonly job: ChangeJob; readonly id: number; readonly note: NewCallNote }[] = []
    for (const job of jobs) {
      try {
        const written = Written.safeParse(job.given).data
        if (written) changes.push({ job, id: written.note, note: await changed(job, written.sent, signal) })
        else answers.set(job, skipped('the call has no note of its own'))
      } catch (error) {
        answers.unread([job], error)
      }
    }
    if (changes.length > 0) {
      const writes = await crm.changeCallNotes(
        changes.map(({ id, note }) => ({ id, note })),
        signal,
      )
      answers.failed(...failuresIn(writes))
      for (const [at, { job, note }] of changes.entries()) {
        const write = writes[at]
        if (!write) continue
        // Somebody has deleted it: that was on purpose.
        const gone = write.kind === 'entity-gone'
        answers.set(
          job,
          gone ? skipped('the note is gone') : outcomeOfWrite(write, ({ id }) => ({ note: id, sent: note })),
        )
      }
    }
    return answers.result(now())
  }

  async function changed({ payload }: ChangeJob, sent: NewCallNote, signal: AbortSignal): Promise<NewCallNote> {
    const { change, call, person } = payload
    const recordingUrl = change.recordingUrl ?? sent.recordingUrl
    const retold = change.call || change.result !== undefined ? await retell() : sent
    return { ...retold, ...(recordingUrl !== undefined && { recordingUrl }) }

    async function retell(): Promise<NewCallNote> {
      const told = change.call ?? call
      const client = ClientResult.safeParse((await siblings.get(`${call.uniq}:client`))?.result).data
      if (!client || client.kind === 'unsorted' || client.kind === 'nobody') return sent
      const cards = await cardsOfCall(deps, told, client, signal)
      const note = callNote({ call: told, ...(person !== undefined && { person }) }, cards, {
        settings: settings(),
        quiet: sent.quiet,
        recordingUrl: undefined,
        result: change.result,
      })
      // It stays where it stands, under the name by which it is found.
      return {
        ...note,
        entity: sent.entity,
        uniq: sent.uniq,
        ...(change.call ? {} : { person: sent.person, author: sent.author }),
      }
    }
  }

  /** The same change may be made twice without harm: what cannot be seen is sent again. */
  async function prove(jobs: readonly ChangeJob[]): Promise<readonly Proof[]> {
    return jobs.map(() => ({ kind: 'absent' }))
  }

  return { kind: 'note-change', maxBatch: MAX_BATCH, send, prove }
}

function skipped(why: string): Outcome {
  return { kind: 'done', result: { skipped: why } }
}
