import type { JobHandler } from '../../outbox/job.ts'
import { callNoteHandler } from './call-note-handler.ts'
import { cardChangeHandler } from './card-change-handler.ts'
import { clientHandler } from './client-handler.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { leadHandler } from './lead-handler.ts'
import { noteChangeHandler } from './note-change-handler.ts'
import { taskDoneHandler } from './task-done-handler.ts'
import { taskHandler } from './task-handler.ts'

/** Who carries out the jobs of calls. Each was handed jobs of its own kind only: the outbox sees to that. */
export function callHandlers(deps: HandlerDeps): readonly JobHandler[] {
  return [
    clientHandler(deps),
    leadHandler(deps),
    taskHandler(deps),
    callNoteHandler(deps),
    noteChangeHandler(deps),
    cardChangeHandler(deps),
    taskDoneHandler(deps),
  ]
}
