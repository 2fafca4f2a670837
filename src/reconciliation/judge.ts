import type { Call } from '../calls/call.ts'
import type { JournalEntry } from '../store/ports.ts'
import { callDifferences } from './call-differences.ts'
import type { SourcedCall } from './call-source.ts'
import type { Finding, FindingKind } from './finding.ts'
import { judgeStanding } from './judge-standing.ts'
import type { JudgeDeps, Judging } from './judging.ts'
import { overlap, tellSame } from './same-call.ts'

type JournalTelling = Omit<JournalEntry, 'events'>

/** What is to be said of one call that the PBX's record tells, and done at once unless the pass is dry. @throws StoreError */
export async function judge(told: SourcedCall, judging: Judging, deps: JudgeDeps): Promise<Finding> {
  const { call } = told
  const { journal, pbx, others, asteriskNow, leaveAloneMs } = deps
  if (others().some((other) => overlap(other, call))) return finding(call, 'not-due', 'live')
  if (asteriskNow() - (call.endedAt ?? 0) < leaveAloneMs) return finding(call, 'not-due', 'fresh')
  const rows = await journal.toldAs(pbx, call.linkedids)
  const row = rows.find((each) => tells(each, call))
  return row ? known(told, row, judging, deps) : missing(told, judging, deps)
}

/** The same of a call that only the journal has. @throws StoreError */
export async function judgeRow(row: JournalTelling, judging: Judging, deps: JudgeDeps): Promise<Finding> {
  // Written by the journal.
  const call = { ...(row.call as Call), endedAt: row.endedAt }
  if (isForgotten(row)) return finding(call, 'left-out', 'forgotten')
  if (row.leftOut !== undefined) return leftOutBefore(call, row.leftOut, judging)
  const standing = await deps.registration.standing(row.id)
  const stands = await judgeStanding(standing, { id: row.id, call, judging, deps })
  return { ...finding(call, stands.finding, stands.why), detail: 'not-in-records', ...stands }
}

/** A row without a client left nothing in the CRM: a telling that has one is another matter. */
function tells(row: JournalTelling, call: Call): boolean {
  if (!isCall(row.call) || !tellSame(row.call, call)) return false
  return row.call.client !== '' || call.client === '' || isForgotten(row)
}

async function missing({ call, events }: SourcedCall, judging: Judging, deps: JudgeDeps): Promise<Finding> {
  const { registration } = deps
  const { dry, effects, onDemand, book } = judging
  const cause = registration.leftOutBecause(call, onDemand)
  const foreign = cause === undefined ? book?.claimForeign(call) : undefined
  if (foreign) {
    if (!dry) await registration.adopt(call, await events(), foreign.id)
    return finding(call, 'adopted', 'foreign-note')
  }
  if (dry) return cause ? finding(call, 'left-out', cause) : finding(call, 'registered', 'missing')
  const outcome = await registration.register(call, await events(), { effects, onDemand })
  switch (outcome.kind) {
    case 'registering':
      return { ...finding(call, 'registered', 'missing'), id: outcome.id }
    case 'left-out':
      return finding(call, 'left-out', outcome.why)
    case 'known':
      return finding(call, 'right', 'known')
  }
}

async function known(told: SourcedCall, row: JournalTelling, judging: Judging, deps: JudgeDeps): Promise<Finding> {
  const { call, events } = told
  const { registration } = deps
  const { dry, effects, onDemand } = judging
  const { id, leftOut } = row
  if (isForgotten(row)) return { ...finding(call, 'left-out', 'forgotten'), id }
  if (leftOut !== undefined) {
    const again = onDemand && leftOut !== 'adopted' && registration.leftOutBecause(call, true) === undefined
    if (!again) return { ...leftOutBefore(call, leftOut, judging), id }
    if (!dry) await registration.register(call, await events(), { effects, onDemand })
    return { ...finding(call, 'registered', 'left-out-before'), id }
  }
  // Written by the journal.
  const ours = row.call as Call
  // CDR is approximate: that it tells otherwise says nothing.
  const differs = call.evidence === 'cdr' ? [] : callDifferences(ours, call, told.wholeSeconds)
  const standing = await registration.standing(id)
  if (differs.length > 0 && isPoorer(ours, call) && standing.kind !== 'waiting') {
    if (!dry) await registration.retell(id, { call, events: await events() })
    return { ...finding(call, 'repaired', 'better-witness'), id, differs }
  }
  const stands = await judgeStanding(standing, { id, call, judging, deps })
  const all = [...(stands.differs ?? []), ...differs]
  return { ...finding(call, stands.finding, stands.why), ...stands, id, ...(all.length > 0 && { differs: all }) }
}

function leftOutBefore(call: Call, why: string, { book }: Judging): Finding {
  if (why !== 'adopted') return finding(call, 'left-out', why)
  if (!book) return finding(call, 'adopted', 'believed')
  return book.claimForeign(call) ? finding(call, 'adopted', 'foreign-note') : finding(call, 'removed-by-people', 'gone')
}

/** Who told the call did not see all of it. Live, when it saw the whole life, stays as it is: that the witnesses disagree is told. */
function isPoorer(ours: Call, theirs: Call): boolean {
  // A conversation that was heard and is not in CEL: rows were lost, so CEL is no witness of this call.
  return ours.evidence !== 'live' && theirs.evidence === 'cel' && (theirs.answered || !ours.answered)
}

function finding(call: Call, kind: FindingKind, why: string): Finding {
  const { id, linkedids, startedAt, endedAt, direction, line, client, answered } = call
  return { id, linkedids, startedAt, endedAt, direction, line, client, answered, finding: kind, why }
}

/** A person asked for it, or age. */
function isForgotten({ call }: JournalTelling): boolean {
  return typeof call === 'object' && call !== null && 'forgotten' in call && call.forgotten === true
}

/** Rows come back from the disk as JSON of any version. */
function isCall(value: unknown): value is Call {
  return (
    typeof value === 'object' && value !== null && 'linkedids' in value && 'startedAt' in value && 'client' in value
  )
}
