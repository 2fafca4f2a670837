import type { IndexedClient } from '../ports.ts'

/** As the tables keep it. */
export function kindNumber(kind: IndexedClient['kind']): 0 | 1 {
  return kind === 'contact' ? 0 : 1
}

export function kindName(kind: number): IndexedClient['kind'] {
  return kind === 0 ? 'contact' : 'company'
}
