import type { Call } from '../calls/call.ts'
import type { Finding } from './finding.ts'
import type { JudgeDeps, Judging } from './judging.ts'
import type { NoteBook } from './note-book.ts'
import { noteDifferences } from './note-differences.ts'
import type { Standing } from './registration-port.ts'

export type Verdict = Pick<Finding, 'finding' | 'why'> & Partial<Pick<Finding, 'detail' | 'differs'>>

export interface Judged {
  readonly id: string
  readonly call: Call
  readonly judging: Judging
  readonly deps: Pick<JudgeDeps, 'registration' | 'readingMs'>
}

/** What was written while the CRM was read need not be in what was read. */
const READING_MS = 60_000
/** A CRM that does not take what it is told would be told it every night. */
const MOST_RETELLINGS = 5

/** What became of a call that was to be registered. */
export async function judgeStanding(standing: Standing, judged: Judged): Promise<Verdict> {
  switch (standing.kind) {
    case 'no-jobs':
      return { finding: 'right', why: 'long-ago' }
    case 'waiting':
      return { finding: 'not-due', why: 'waiting' }
    case 'refused':
      return { finding: 'failed', why: 'refused', detail: standing.reason }
    case 'in-incoming-lead':
      return { finding: 'right', why: 'in-incoming-lead' }
    case 'nobody':
      return { finding: 'left-out', why: 'rule' }
    case 'written':
      return judged.judging.book ? judgeNotes(standing, judged.judging.book, judged) : believed(standing)
  }
}

type WrittenStanding = Extract<Standing, { kind: 'written' }>

function believed({ notes }: WrittenStanding): Verdict {
  return notes.some(({ adopted }) => adopted)
    ? { finding: 'adopted', why: 'believed' }
    : { finding: 'right', why: 'written' }
}

async function judgeNotes(standing: WrittenStanding, book: NoteBook, judged: Judged): Promise<Verdict> {
  const { notes, writtenAt, retellings } = standing
  const { id, call, judging, deps } = judged
  const isFresh = writtenAt > book.readAt - (deps.readingMs ?? READING_MS)
  const stored = notes.map((note) => book.notesOf(note))
  if (stored.some((found) => found.length === 0)) {
    if (isFresh) return { finding: 'right', why: 'just-written' }
    return { finding: 'removed-by-people', why: 'gone' }
  }
  if (stored.some((found) => found.length > 1)) return { finding: 'doubled', why: 'second-note' }
  const adopted = notes.some((note) => note.adopted)
  if (!adopted && book.claimForeign(call)) return { finding: 'doubled', why: 'foreign-note' }
  if (adopted) return { finding: 'adopted', why: 'foreign-note' }
  const differs = notes.flatMap((note, at) => stored[at]?.flatMap((one) => noteDifferences(note, one)) ?? [])
  if (differs.length === 0) return { finding: 'right', why: 'same' }
  if (isFresh) return { finding: 'not-due', why: 'just-written' }
  if (retellings >= MOST_RETELLINGS) return { finding: 'failed', why: 'not-taken', differs }
  if (!judging.dry) await deps.registration.retell(id)
  return { finding: 'repaired', why: 'different', differs }
}
