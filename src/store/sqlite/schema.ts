import type { Migration } from './migrate.ts'
import { calls } from './migrations/0001-calls.ts'
import { jobs } from './migrations/0002-jobs.ts'
import { contactIndex } from './migrations/0003-contact-index.ts'
import { settings } from './migrations/0004-settings.ts'
import { incomingNumbers } from './migrations/0005-incoming-numbers.ts'
import { fullPass } from './migrations/0006-full-pass.ts'
import { pendingCalls } from './migrations/0007-pending-calls.ts'
import { leadIndex } from './migrations/0008-lead-index.ts'
import { callKnowledge } from './migrations/0009-call-knowledge.ts'
import { oldJobs } from './migrations/0010-old-jobs.ts'
import { ages } from './migrations/0011-ages.ts'
import { reconciliation } from './migrations/0012-reconciliation.ts'
import { readCall } from './migrations/0013-read-call.ts'

/** All migrations, in order. One that was released is never edited: a change is a new file. */
export const schema: readonly Migration[] = [
  calls,
  jobs,
  contactIndex,
  settings,
  incomingNumbers,
  fullPass,
  pendingCalls,
  leadIndex,
  callKnowledge,
  oldJobs,
  ages,
  reconciliation,
  readCall,
]
