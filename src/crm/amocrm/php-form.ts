/** A node of a form: text, or what stands in its brackets. Maps, so that a name like `__proto__` is a name. */
export type FormNode = string | ReadonlyMap<string, FormNode>
type MutableNode = string | Map<string, MutableNode>

/** A delivery is small; whoever sends more wants to keep us busy. */
const MOST_PAIRS = 20_000
const DEEPEST = 8

/**
 * Decodes `a[b][0][c]=x` as PHP does: brackets nest, `[]` counts on, indexes may have gaps. What does not fit where something else stands
 * is left out. Never throws.
 */
export function decodePhpForm(body: string): ReadonlyMap<string, FormNode> {
  const root = new Map<string, MutableNode>()
  let pairs = 0
  for (const [name, value] of new URLSearchParams(body)) {
    pairs += 1
    if (pairs > MOST_PAIRS) break
    const path = pathOf(name)
    if (path) put(root, path, value)
  }
  return root
}

function pathOf(name: string): readonly string[] | undefined {
  const open = name.indexOf('[')
  if (open <= 0) return name === '' || open === 0 ? undefined : [name]
  const rest = name.slice(open)
  const inner = [...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, key = '']) => key)
  const whole = inner.map((key) => `[${key}]`).join('') === rest
  return whole && inner.length < DEEPEST ? [name.slice(0, open), ...inner] : undefined
}

function put(root: Map<string, MutableNode>, path: readonly string[], value: string): void {
  let at = root
  for (const [depth, key] of path.entries()) {
    const name = key === '' ? String(at.size) : key
    if (depth === path.length - 1) {
      if (typeof at.get(name) !== 'object') at.set(name, value)
      return
    }
    const found = at.get(name)
    if (typeof found === 'string') return
    const inside = found ?? new Map<string, MutableNode>()
    at.set(name, inside)
    at = inside
  }
}

/** What stands there as text; undefined when nothing or a branch does. */
export function textIn(node: FormNode | undefined, ...path: readonly string[]): string | undefined {
  const found = nodeIn(node, ...path)
  return typeof found === 'string' ? found : undefined
}

export function nodeIn(node: FormNode | undefined, ...path: readonly string[]): FormNode | undefined {
  return path.reduce<FormNode | undefined>((at, key) => (typeof at === 'object' ? at.get(key) : undefined), node)
}
