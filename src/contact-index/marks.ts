import type { EntityRef } from '../crm/port.ts'

/** An entity that is to be read anew. */
export interface Mark {
  readonly entity: EntityRef
  /** Somebody said that it is gone. */
  readonly deleted: boolean
}

/** Entities that are to be read anew, each once. Holds so many and no more. */
export interface Marks {
  /** False: full, nothing was marked. A deletion is not forgotten when a change is told after it: order is not kept by the CRM. */
  add(mark: Mark): boolean
  /** Takes out the oldest. */
  take(count: number): readonly Mark[]
  size(): number
  /** Takes out all that only changed: they come by another way. */
  dropChanged(): void
}

export function createMarks(most: number): Marks {
  const marks = new Map<string, Mark>()
  return {
    add(mark) {
      const name = `${mark.entity.kind} ${mark.entity.id}`
      const known = marks.get(name)
      if (known === undefined && marks.size >= most) return false
      marks.set(name, { ...mark, deleted: mark.deleted || known?.deleted === true })
      return true
    },
    take(count) {
      const taken = marks.entries().take(count).toArray()
      for (const [name] of taken) marks.delete(name)
      return taken.map(([, mark]) => mark)
    },
    size: () => marks.size,
    dropChanged() {
      for (const [name, { deleted }] of marks) if (!deleted) marks.delete(name)
    },
  }
}
