import type { DatabaseSync } from 'node:sqlite'
import { callWrites } from './call-writes.ts'
import { clientWrites } from './client-writes.ts'
import { fadingWrites } from './fading-writes.ts'
import { jobWrites } from './job-writes.ts'
import { knowledgeWrites } from './knowledge-writes.ts'
import { leadWrites } from './lead-writes.ts'
import { ledgerWrites } from './ledger-writes.ts'
import { pendingWrites } from './pending-writes.ts'
import { readCallWrites } from './read-call-writes.ts'
import { shrink } from './shrink.ts'
import type { Write, Written } from './write.ts'

/** Prepares every statement once. The function it returns carries out one write inside the transaction its caller has begun, and throws what SQLite throws. */
export function prepareWrites(db: DatabaseSync): (write: Write) => Written {
  const jobs = jobWrites(db)
  const calls = callWrites(db)
  const clients = clientWrites(db)
  const pending = pendingWrites(db)
  const leads = leadWrites(db)
  const knowledge = knowledgeWrites(db)
  const ledger = ledgerWrites(db)
  const fading = fadingWrites(db, jobs, clients.remove)
  const readCalls = readCallWrites(db)
  const setSetting = db.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  return (write) => {
    switch (write.kind) {
      case 'record-ended': {
        const changed = calls.insert(write.entry)
        if (changed) jobs.add(write.jobs)
        return { changed, died: [] }
      }
      case 'say-late':
        calls.sayLate(write.pbx, write.id)
        jobs.add(write.jobs)
        return done
      case 'retell-call':
        return { changed: calls.retell(write.entry, write.at), died: [] }
      case 'put-findings':
        ledger.put(write.pbx, write.rows)
        return done
      case 'add-blind':
        ledger.addBlind(write.pbx, write.time)
        return done
      case 'forget-findings':
        return { changed: ledger.forget(write.before, write.limit), died: [] }
      case 'add-jobs':
        jobs.add(write.jobs)
        return done
      case 'change-jobs':
        return { changed: true, died: jobs.change(write.changes) }
      case 'cap-due':
        jobs.capDue(write.at)
        return done
      case 'forget-done':
        return { changed: jobs.forgetDone(write.before, write.limit), died: [] }
      case 'forget-dead':
        return { changed: true, died: jobs.forgetDead(write.keys) }
      case 'upsert-clients':
        clients.upsert(write.clients)
        return done
      case 'remove-client':
        clients.remove(write.clientKind, write.id)
        return done
      case 'save-progress':
        clients.saveProgress(write.complete, write.cursor)
        return done
      case 'begin-pass':
        clients.beginPass()
        return done
      case 'remember-incoming':
        clients.rememberIncoming(write.numbers)
        return done
      case 'forget-incoming':
        clients.forgetIncoming(write.uid)
        return done
      case 'upsert-leads':
        leads.upsert(write.leads)
        return done
      case 'remove-lead':
        leads.remove(write.id)
        return done
      case 'save-lead-progress':
        leads.saveProgress(write.complete, write.cursor)
        return done
      case 'begin-lead-pass':
        leads.beginPass()
        return done
      case 'remember-task':
        knowledge.rememberTask(write.task)
        return done
      case 'forget-task':
        knowledge.forgetTask(write.key)
        return done
      case 'add-decisions':
        knowledge.addDecisions(write.pbx, write.callId, write.decisions)
        return done
      case 'add-pending':
        pending.add(write.row)
        return done
      case 'remove-pending':
        pending.remove(write.pbx, write.id, write.endedAt)
        return done
      case 'put-read-call':
        readCalls.put(write.job, write.findings)
        return done
      case 'forget-read-calls':
        return { changed: readCalls.forget(write.before, write.keep, write.limit), died: [] }
      case 'set-setting':
        setSetting.run(write.name, write.value)
        return done
      case 'drop-events':
        return { changed: fading.dropEvents(write.before, write.limit), died: [] }
      case 'fade-calls':
        return { changed: fading.fadeCalls(write.before, write.limit), died: [] }
      case 'forget-person':
        return { changed: true, died: [], forgotten: fading.forgetPerson(write.what) }
      case 'shrink':
        return { changed: shrink(db, write.pages), died: [] }
      default:
        return write satisfies never
    }
  }
}

const done: Written = { changed: true, died: [] }
