import type { NewJob } from '../outbox/job.ts'
import type { OutboxStore, StoredJob } from '../store/ports.ts'
import type { NoteChange, NoteChangePayload } from './payloads.ts'

export interface NoteChangesDeps {
  readonly jobs: Pick<OutboxStore, 'get'>
  /** Says a job and wakes the outbox. */
  readonly add: (jobs: readonly NewJob[]) => Promise<void>
  readonly pbx: string
}

/** Changes of call notes that stand in the CRM already, or soon will: in order, each telling the whole note. */
export interface NoteChanges {
  /**
   * @param callId as it is journalled.
   * @returns how many notes are changed: none when the call was not registered.
   * @throws StoreError
   */
  change(callId: string, change: NoteChange): Promise<number>
}

export function createNoteChanges({ jobs, add, pbx }: NoteChangesDeps): NoteChanges {
  // One at a time: two that counted the same changes would take the same key, and one would be lost.
  let last: Promise<unknown> = Promise.resolve()

  async function changeNote(note: StoredJob, change: NoteChange): Promise<void> {
    const { key: after, lane, urgency, payload } = note
    // Written by the registrar.
    const told = payload as NoteChangePayload
    let before: NoteChange = {}
    for (let number = 1; ; number += 1) {
      const key = `${after}-change/${number}`
      const known = await jobs.get(key)
      if (!known)
        return add([
          { key, kind: 'note-change', lane, urgency, after, payload: { ...told, change: { ...before, ...change } } },
        ])
      before = (known.payload as NoteChangePayload).change
    }
  }

  const apply = async (callId: string, change: NoteChange): Promise<number> => {
    const notes = await notesOfCall(jobs, `${pbx}/${callId}`)
    for (const note of notes) await changeNote(note, change)
    return notes.length
  }

  return {
    change: (callId, change) => {
      const next = last.then(() => apply(callId, change))
      last = next.catch(() => undefined)
      return next
    },
  }
}

/** The jobs that write a call's notes: one, or one a person. */
export async function notesOfCall(jobs: Pick<OutboxStore, 'get'>, uniq: string): Promise<readonly StoredJob[]> {
  const one = await jobs.get(`${uniq}:note`)
  if (one) return [one]
  const first = await jobs.get(`${uniq}:client`)
  const people = peopleIn(first?.payload)
  const notes = await Promise.all(people.map((extension) => jobs.get(`${uniq}:note/${extension}`)))
  return notes.flatMap((note) => note ?? [])
}

function peopleIn(payload: unknown): readonly string[] {
  const call = typeof payload === 'object' && payload !== null && 'call' in payload ? payload.call : undefined
  const talked: unknown = typeof call === 'object' && call !== null && 'talked' in call ? call.talked : []
  if (!Array.isArray(talked)) return []
  return talked.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'extension' in one ? String(one.extension) : [],
  )
}
