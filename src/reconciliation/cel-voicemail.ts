import { estimateGreetingMs, SHORTEST_MESSAGE_MS } from '../calls/voicemail.ts'
import type { CelRow } from './cel-row.ts'

/**
 * CEL never says whether a message was left. Where it tells which prompts were played (20.16/22.6 and newer) a message is what
 * follows the tone; elsewhere a caller who stayed for longer than the greeting takes has left one.
 */
export function createVoicemailReader(): (row: CelRow, at: number) => 'SUCCESS' | 'FAILED' | undefined {
  const visits = new Map<
    string,
    { since: number; appData: string; prompts: boolean; prompt: string; toneEnd: number | undefined }
  >()
  return (row, at) => {
    const visit = visits.get(row.uniqueid)
    switch (row.type) {
      case 'APP_START':
        if (/^VoiceMail$/i.test(row.app)) {
          visits.set(row.uniqueid, { since: at, appData: row.appData, prompts: false, prompt: '', toneEnd: undefined })
        }
        return undefined
      case 'STREAM_BEGIN':
        if (visit && row.extra['sound'] !== undefined)
          Object.assign(visit, { prompts: true, prompt: row.extra['sound'] ?? '', toneEnd: undefined })
        return undefined
      case 'STREAM_END':
        if (visit?.prompt === 'beep') visit.toneEnd = at
        return undefined
      case 'APP_END':
      case 'HANGUP': {
        if (!visit) return undefined
        visits.delete(row.uniqueid)
        const began = visit.prompts ? visit.toneEnd : visit.since + estimateGreetingMs(visit.appData)
        return began !== undefined && at - began >= SHORTEST_MESSAGE_MS ? 'SUCCESS' : 'FAILED'
      }
      default:
        return undefined
    }
  }
}
