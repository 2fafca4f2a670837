import { Secret } from './secret.ts'

/** Which keys two configurations differ in, as `section.key`; of lists and deeper trees the key that holds them. Secrets are compared, never shown. */
export function differingKeys(a: object, b: object, depth = 2, path: readonly string[] = []): readonly string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].flatMap((key) => {
    const [one, other]: readonly unknown[] = [Reflect.get(a, key), Reflect.get(b, key)]
    if (isSame(one, other)) return []
    const here = [...path, key]
    const bothTrees = isTree(one) && isTree(other) && here.length < depth
    return bothTrees ? differingKeys(one, other, depth, here) : [here.join('.')]
  })
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && a.reveal() === b.reveal()
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => isSame(Reflect.get(a, key), Reflect.get(b, key)))
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret)
}
