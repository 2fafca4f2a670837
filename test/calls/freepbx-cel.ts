import type { CelTableRow } from './recording.ts'

/** What FreePBX's table would have kept of these rows: whole seconds, cut off, and rows of seven applications. */
export function asFreePbxHasIt(rows: readonly CelTableRow[]): readonly CelTableRow[] {
  return rows.filter(isFreePbxRow).map((row) => ({ ...row, eventtime: row.eventtime.replace(/\..*$/, '') }))
}

export const isFreePbxRow = ({ eventtype, appname }: CelTableRow) =>
  !/^(STREAM_|DTMF)/.test(eventtype) &&
  (!eventtype.startsWith('APP_') || /^(ConfBridge|MixMonitor|Queue|VoiceMail)$/i.test(appname))
