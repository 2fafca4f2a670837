import type { Decision } from '../../store/crm-state-ports.ts'

/** One thing decided about a call, before the time is put on it. */
export type Reason = Omit<Decision, 'at'>
type Fact = Reason['facts'][string]

/** What has no value is left out. */
export function reason(
  about: Reason['about'],
  code: string,
  facts: Readonly<Record<string, Fact | undefined>> = {},
): Reason {
  const given = Object.entries(facts).filter((entry): entry is [string, Fact] => entry[1] !== undefined)
  return { about, code, facts: Object.fromEntries(given) }
}

export function decidedAt(reasons: readonly Reason[], at: number): readonly Decision[] {
  return reasons.map((each) => ({ at, ...each }))
}
