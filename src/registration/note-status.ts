import type { Call } from '../calls/call.ts'
import type { CallNoteStatus } from '../crm/port.ts'

/** Q.850 causes that mean the number itself is wrong (design section 3). */
const WRONG_NUMBER_CAUSES: readonly number[] = [1, 3, 22, 28]

/** The CRM's word for how the call ended (design section 3). */
export function noteStatus(call: Pick<Call, 'result' | 'hangupCause'>): CallNoteStatus {
  switch (call.result) {
    case 'answered':
    case 'voicemail':
    case 'busy':
      return call.result
    case 'failed':
      return WRONG_NUMBER_CAUSES.includes(call.hangupCause ?? 0) ? 'wrong-number' : 'not-reached'
    default:
      return 'not-reached'
  }
}
