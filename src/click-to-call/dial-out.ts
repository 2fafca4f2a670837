/** How the PBX wants outside numbers: a regular expression over the E.164 number, and what stands there instead (`$1` for a group). */
export interface DialOutRule {
  readonly pattern: RegExp
  readonly replacement: string
}

/** What a PBX route may be given: enough digits for a subscriber, no more than a prefix longer than E.164. */
const FIT_TO_DIAL = /^\+?\d{5,20}$/

/**
 * The number as the PBX dials it: the first rule that fits rewrites it, without one it stays E.164. undefined when a rule made
 * something of it that must not reach Asterisk.
 */
export function dialOut(number: string, rules: readonly DialOutRule[]): string | undefined {
  const rule = rules.find(({ pattern }) => pattern.test(number))
  const dialled = rule ? number.replace(rule.pattern, rule.replacement) : number
  return FIT_TO_DIAL.test(dialled) ? dialled : undefined
}
