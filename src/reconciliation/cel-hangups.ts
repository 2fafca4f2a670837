import type { HangupSide } from '../calls/call-event.ts'
import type { CelRow } from './cel-row.ts'

/** Whole-second times make a time-out look up to a second shorter. */
const TIMEOUT_SLACK_MS = 1000

/**
 * Who hung a channel up. `extra` says it: `hangupsource` is the channel whose device did, `dialplan/…` or nothing when the PBX took
 * it down. Schemas without `extra` leave a guess: the PBX, when it executed `Hangup`, `Busy` or `Congestion` last or its dial had
 * timed out; else the device. Give it every row, in order; the answer comes with HANGUP.
 */
export function createHangupReader(): (row: CelRow, at: number) => HangupSide | undefined {
  const last = new Map<string, { readonly app: string; readonly appData: string; readonly since: number }>()
  return (row, at) => {
    if (row.type === 'APP_START') last.set(row.uniqueid, { app: row.app, appData: row.appData, since: at })
    if (row.type !== 'HANGUP') return undefined
    const app = last.get(row.uniqueid)
    last.delete(row.uniqueid)
    const source = row.extra['hangupsource']
    if (typeof source === 'string') return source === row.channel ? 'device' : 'pbx'
    // A dialled channel has no dialplan of its own; nothing tells.
    if (row.hasExtra || /^App/.test(row.app)) return undefined
    if (!app) return 'device'
    if (/^(hangup|busy|congestion)$/i.test(app.app)) return 'pbx'
    return timedOut(app, at) ? 'pbx' : 'device'
  }
}

function timedOut(
  app: { readonly app: string; readonly appData: string; readonly since: number },
  at: number,
): boolean {
  if (!/^Dial$/i.test(app.app)) return false
  const seconds = Number(app.appData.split(',')[1] ?? '')
  return seconds > 0 && at - app.since >= seconds * 1000 - TIMEOUT_SLACK_MS
}
