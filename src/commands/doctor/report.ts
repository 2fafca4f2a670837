import type { Finding } from './finding.ts'

const marks = { ok: 'ok     ', warning: 'warning', failure: 'FAILURE' } as const

/** A finding as lines for a terminal: what was seen, and below it what to do. */
export function findingLines({ level, subject, says, cure }: Finding): string {
  const line = `${marks[level]}  ${subject.padEnd(12)} ${says}\n`
  return cure === undefined ? line : `${line}${' '.repeat(22)} → ${cure}\n`
}

/** The last line: how it stands in one sentence. */
export function verdict(findings: readonly Finding[]): string {
  const failures = findings.filter(({ level }) => level === 'failure').length
  const warnings = findings.filter(({ level }) => level === 'warning').length
  if (failures > 0)
    return `${failures} ${failures === 1 ? 'thing keeps' : 'things keep'} Callweave from working${warnings > 0 ? `, ${warnings} more deserve a look` : ''}.\n`
  return warnings > 0
    ? `Callweave can work; ${warnings} ${warnings === 1 ? 'thing deserves' : 'things deserve'} a look.\n`
    : 'All is well.\n'
}
