import type { LedgerRow } from '../store/ledger-ports.ts'
import type { Difference, Finding } from './finding.ts'

/** Words that say the CRM itself was looked at and has the call. */
const SEEN: ReadonlySet<string> = new Set(['same', 'different', 'foreign-note', 'second-note'])

/** What the ledger keeps of a finding: nothing that tells a person. */
export function ledgerRow(finding: Finding, checkedAt: number): LedgerRow {
  const { id, startedAt, line, finding: kind, why, detail, differs } = finding
  return {
    ...{ id, startedAt, line, finding: kind, why, detail, checkedAt },
    ...(differs && { differs: differs.map(nameless) }),
    inCrm: SEEN.has(why),
    looked: SEEN.has(why) || why === 'gone' || why === 'not-taken',
    mended: kind === 'registered' || kind === 'repaired',
  }
}

function nameless(difference: Difference): Difference {
  return difference.what === 'client' ? { ...difference, ours: '', theirs: '' } : difference
}
