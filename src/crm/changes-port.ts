import type { NewCallNote, StoredCallNote } from './call-note.ts'
import type { EntityRef, WriteOutcome } from './entity.ts'

/** What a CRM must be able to change afterwards: tasks and call notes. */
export interface CrmChanges {
  /** Changes or completes tasks, by id only. A task completed or deleted meanwhile is `entity-gone`. */
  changeTasks(changes: readonly TaskChange[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  /** As they stand now; deleted ones do not come. */
  tasksById(ids: readonly number[], signal: AbortSignal): Promise<readonly TaskState[]>
  /** A stored call note is told anew, as a whole: the CRM replaces all of a note's parameters. */
  changeCallNotes(changes: readonly CallNoteChange[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  /** Call notes of one kind of entity written or changed since then, page by page (the nightly comparison). */
  callNotesChangedSince(
    kind: EntityRef['kind'],
    since: number,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredCallNote[]>
}

export interface TaskChange {
  readonly id: number
  readonly text?: string
  readonly deadline?: number
  readonly owner?: number
  /** Completes the task with these words as its result. */
  readonly completedWith?: string
}

export interface TaskState {
  readonly id: number
  readonly entity: EntityRef | undefined
  readonly text: string
  readonly deadline: number
  readonly completed: boolean
}

export interface CallNoteChange {
  readonly id: number
  readonly note: NewCallNote
}
