/** Year, month and day of an instant in a zone, as in a path. @param timeZone IANA; undefined: this machine's. */
export function dayOf(at: number, timeZone: string | undefined): Day {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at)
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? ''
  return { year: part('year'), month: part('month'), day: part('day') }
}

export interface Day {
  readonly year: string
  readonly month: string
  readonly day: string
}

/** Puts values into `{name}` places; a name without a value becomes empty. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(
    /\{(\w+)\}/g,
    (_whole, name: string) => (Object.hasOwn(values, name) ? values[name] : undefined) ?? '',
  )
}
