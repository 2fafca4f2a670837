import type { Call } from '../calls/call.ts'
import type { CallJournal, JournalEntry } from '../store/ports.ts'
import type { PassOptions } from './asked.ts'
import type { Finding, FindingKind } from './finding.ts'
import type { RegistrationPort, Standing } from './registration-port.ts'
import { overlap, tellSame } from './same-call.ts'
import type { ToldCall } from './tell-group.ts'

export interface JudgeDeps {
  readonly journal: Pick<CallJournal, 'sharing'>
  readonly registration: RegistrationPort
  readonly pbx: string
  /** Calls that somebody else tells: live ones, and those that wait for the second witness. */
  readonly others: () => readonly Call[]
  /** Asterisk's clock, epoch milliseconds. */
  readonly asteriskNow: () => number
  readonly leaveAloneMs: number
}

/** What is to be said of one call that the PBX's record tells, done at once unless the pass is dry. */
export async function judge(told: ToldCall, options: PassOptions, deps: JudgeDeps): Promise<Finding> {
  const { call } = told
  const { journal, pbx, others, asteriskNow, leaveAloneMs } = deps
  if (others().some((other) => overlap(other, call))) return finding(call, 'not-due', 'live')
  if (asteriskNow() - (call.endedAt ?? 0) < leaveAloneMs) return finding(call, 'not-due', 'fresh')
  const rows = await journal.sharing(pbx, call.linkedids)
  const row = rows.find((each) => isCall(each.call) && tellSame(each.call, call))
  return row ? known(call, row, deps) : missing(told, options, deps)
}

async function missing({ call, events }: ToldCall, options: PassOptions, deps: JudgeDeps): Promise<Finding> {
  const { registration } = deps
  const { effects, onDemand } = options
  const cause = registration.leftOutBecause(call, onDemand)
  if (options.dry) return cause ? finding(call, 'left-out', cause) : finding(call, 'registered', 'missing')
  try {
    const outcome = await registration.register(call, events, { effects, onDemand })
    switch (outcome.kind) {
      case 'registering':
        return { ...finding(call, 'registered', 'missing'), id: outcome.id }
      case 'left-out':
        return finding(call, 'left-out', outcome.why)
      case 'known':
        return finding(call, 'right', 'known')
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { ...finding(call, 'failed', 'not-journalled'), detail: error.message }
  }
}

async function known(call: Call, row: JournalEntry, { registration }: JudgeDeps): Promise<Finding> {
  const cause = registration.leftOutBecause(call, false)
  return { ...ofStanding(call, await registration.standing(row.id), cause), id: row.id }
}

function ofStanding(call: Call, standing: Standing, cause: string | undefined): Finding {
  switch (standing.kind) {
    case 'no-jobs':
      return cause ? finding(call, 'left-out', cause) : finding(call, 'right', 'long-ago')
    case 'waiting':
      return finding(call, 'not-due', 'waiting')
    case 'refused':
      return { ...finding(call, 'failed', 'refused'), detail: standing.reason }
    case 'in-incoming-lead':
      return finding(call, 'right', 'in-incoming-lead')
    case 'nobody':
      return finding(call, 'left-out', 'rule')
    case 'written':
      return standing.notes.some(({ adopted }) => adopted)
        ? finding(call, 'adopted', 'foreign-note')
        : finding(call, 'right', 'written')
  }
}

function finding(call: Call, kind: FindingKind, why: string): Finding {
  const { id, linkedids, startedAt, endedAt, direction, line, client, answered } = call
  return { id, linkedids, startedAt, endedAt, direction, line, client, answered, finding: kind, why }
}

/** Rows come back from the disk as JSON of any version. */
function isCall(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && 'linkedids' in value && 'startedAt' in value
}
