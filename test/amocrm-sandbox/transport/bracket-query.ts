/** A query string as PHP reads it: `filter[id][]=1&filter[id][]=2` is `filter → id → {0: '1', 1: '2'}`. */
export type PhpArray = ReadonlyMap<string, PhpValue>
export type PhpValue = string | PhpArray
type Building = Map<string, string | Building>

/** `raw` is without the question mark; names may be percent-encoded, and a plus sign is a space, as in PHP. */
export function parseBracketQuery(raw: string): PhpArray {
  const root: Building = new Map()
  for (const pair of raw.split('&')) {
    if (pair === '') continue
    const cut = pair.indexOf('=')
    const name = decode(cut < 0 ? pair : pair.slice(0, cut))
    put(root, pathOf(name), cut < 0 ? '' : decode(pair.slice(cut + 1)))
  }
  return root
}

/** What stands under these keys, or undefined. */
export function valueAt(query: PhpArray, ...keys: readonly string[]): PhpValue | undefined {
  let value: PhpValue | undefined = query
  for (const key of keys) {
    if (value === undefined || typeof value === 'string') return undefined
    value = value.get(key)
  }
  return value
}

/** The text under these keys; undefined when there is none or an array stands there. */
export function textAt(query: PhpArray, ...keys: readonly string[]): string | undefined {
  const value = valueAt(query, ...keys)
  return typeof value === 'string' ? value : undefined
}

function pathOf(name: string): string[] {
  const open = name.indexOf('[')
  if (open <= 0) return [name]
  const inner = [...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')
  return inner.length === 0 ? [name] : [name.slice(0, open), ...inner]
}

function put(into: Building, path: readonly string[], value: string): void {
  const [head, ...rest] = path
  if (head === undefined) return
  const key = head === '' ? nextIndex(into) : head
  if (rest.length === 0) {
    into.set(key, value)
    return
  }
  const there = into.get(key)
  const child: Building = there instanceof Map ? there : new Map()
  into.set(key, child)
  put(child, rest, value)
}

function nextIndex(array: Building): string {
  const indexes = [...array.keys()].filter((key) => /^\d+$/.test(key)).map(Number)
  return String(indexes.length === 0 ? 0 : Math.max(...indexes) + 1)
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
