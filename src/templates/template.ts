/** What templates may name. */
export const placeholders = [
  'phone',
  'line',
  'lineName',
  'wait',
  'talk',
  'person',
  'people',
  'transfers',
  'date',
  'time',
  'ivr',
  'status',
  'result',
  'count',
  'call',
] as const
export type Placeholder = (typeof placeholders)[number]
export type TemplateValues = Readonly<Partial<Record<Placeholder, string>>>

const NAMED = /\{([^{}]*)\}/g
const OPTIONAL = /\[([^[\]]*)\]/g

/**
 * Fills a template: `{phone}` is replaced by its value, and a part in brackets is left out when nothing it names has a value:
 * `Line {line}[, extension {ivr}]`.
 * @param values what has no value is empty
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  const fill = (text: string) =>
    text.replaceAll(NAMED, (whole, name: string) => (isKnown(name) ? (values[name] ?? '') : whole))
  const says = (part: string) =>
    [...part.matchAll(NAMED)].some(([, name = '']) => isKnown(name) && (values[name] ?? '') !== '')
  const kept = template.replaceAll(OPTIONAL, (_, part: string) => (says(part) ? part : ''))
  return fill(kept).trim()
}

/** What a template names that does not exist. */
export function unknownPlaceholders(template: string): readonly string[] {
  return [...template.matchAll(NAMED)].flatMap(([, name = '']) => (isKnown(name) ? [] : [name]))
}

function isKnown(name: string): name is Placeholder {
  return placeholders.some((known) => known === name)
}
