import { BLACKLIST_CONTEXT } from '../calls/blacklist.ts'
import type { CelRow } from './cel-row.ts'

/** Our dialplan's user event; where the table does not keep what it says, the application that wrote it does. */
const MARK = /^callweave,skip$/i

/**
 * Whether a row says that its call is to be skipped: the event of `callweave-skip`, or an answer that the blacklist gives. The
 * event's name stands in `eventtype` (measured on 16.28 and 22.10 with ODBC); other writers say USER_DEFINED there.
 */
export function skips(row: CelRow): boolean {
  if (row.type === 'ANSWER') return row.context === BLACKLIST_CONTEXT
  if (row.type !== 'CALLWEAVE' && row.type !== 'USER_DEFINED') return false
  const ours = row.type === 'CALLWEAVE' || row.userDefined === 'callweave'
  return MARK.test(row.appData) || (ours && row.extra['extra'] === 'skip')
}
