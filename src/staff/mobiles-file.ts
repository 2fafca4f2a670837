/** What a file of outside numbers of the staff says. */
export interface MobilesFile {
  /** Numbers and patterns by the extension they belong to. */
  readonly owned: ReadonlyMap<string, readonly string[]>
  /** Those that belong to nobody in particular. */
  readonly others: readonly string[]
  /** Lines that say nothing, counted from 1. */
  readonly wrong: readonly number[]
}

export const noMobiles: MobilesFile = { owned: new Map(), others: [], wrong: [] }

/** `8123456XXXX`, `+7 999 000-11-22 101`: a number, spelt as one likes, then maybe an extension. */
const LINE = /^(\+?[\dXx][\dXx\s()-]*?)(?:[\s;,]+(\d{1,6}))?$/
const NUMBER = /^\+?[\dX]{7,15}$/

/** One number or pattern a line, then maybe the extension it belongs to; `#` begins a remark. Pure. */
export function readMobiles(text: string): MobilesFile {
  const owned = new Map<string, string[]>()
  const others: string[] = []
  const wrong: number[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*$/, '').trim()
    if (line === '') continue
    const [, spelt = '', extension] = LINE.exec(line) ?? []
    const number = spelt.toUpperCase().replaceAll(/[^\dX+]/g, '')
    if (!NUMBER.test(number)) wrong.push(index + 1)
    else if (extension === undefined) others.push(number)
    else owned.set(extension, [...(owned.get(extension) ?? []), number])
  }
  return { owned, others, wrong }
}
