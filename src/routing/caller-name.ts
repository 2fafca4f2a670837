/** What a line's template may name. */
export interface CallerNameValues {
  readonly line: string
  readonly name: string
  readonly company: string
}

/** Separators that stand between nothing and something when a value is missing. */
const EDGE = String.raw`[\s:;,|/·–—-]`
const EDGES = new RegExp(`^${EDGE}+|${EDGE}+$`, 'gu')

/** Fills `{line} {name} {company}`; what has no value leaves no gap and no separator at either end. Not cleaned yet of what dialplans choke on. */
export function fillCallerName(template: string, values: CallerNameValues): string {
  const filled = template.replaceAll(/\{(line|name|company)\}/g, (_, key: string) =>
    key === 'line' ? values.line : key === 'name' ? values.name : values.company,
  )
  return filled.replaceAll(/\s+/gu, ' ').replace(EDGES, '')
}
