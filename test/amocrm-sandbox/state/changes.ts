import type { Company, Contact, Entity, EntityType, Lead, Note, Task, Unsorted } from './entities.ts'

/** What happened to the account's data, in the words of webhooks (reference amocrm.md 11). */
export type Change =
  | { readonly kind: 'added' | 'restored'; readonly entity: Contact | Company | Lead }
  | { readonly kind: 'updated'; readonly entity: Entity; readonly oldResponsible?: number }
  | { readonly kind: 'responsible'; readonly entity: Entity; readonly oldResponsible: number }
  | { readonly kind: 'status'; readonly entity: Lead; readonly oldStatus: number; readonly oldPipeline: number }
  /** Also of a merged contact, whose row is gone: all that is told is what stands here. */
  | { readonly kind: 'deleted'; readonly type: EntityType; readonly id: number; readonly lead?: Lead }
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'task-added' | 'task-updated' | 'task-deleted'; readonly task: Task }
  | { readonly kind: 'task-responsible'; readonly task: Task; readonly oldResponsible: number }
  | { readonly kind: 'unsorted-added' | 'unsorted-accepted' | 'unsorted-declined'; readonly entry: Unsorted }

export interface Changes {
  tell(change: Change): void
  /** What happens in `work` is told to nobody. */
  quietly(work: () => void): void
  /** Takes all that was told since; an entity that was just added has no update besides. */
  drain(): readonly Change[]
  /** Called once after a run of changes, when the code that made them is done. */
  onSettled(listener: () => void): void
}

/** Changes made in one go (a request, a hand's move) are told together and read as they are afterwards. */
export function createChanges(): Changes {
  let told: Change[] = []
  let quiet = false
  let listener: (() => void) | undefined

  return {
    quietly(work) {
      quiet = true
      try {
        work()
      } finally {
        quiet = false
      }
    },
    tell(change) {
      if (quiet) return
      if (told.length === 0 && listener !== undefined) queueMicrotask(listener)
      told.push(change)
    },
    drain() {
      const all = told
      told = []
      return coalesced(all)
    },
    onSettled(call) {
      listener = call
    },
  }
}

function coalesced(changes: readonly Change[]): Change[] {
  const added = new Set<Entity>()
  const updated = new Set<Entity>()
  const gone = new Set(changes.flatMap((change) => (change.kind === 'deleted' ? [`${change.type} ${change.id}`] : [])))
  return changes.filter((change) => {
    switch (change.kind) {
      case 'added':
      case 'restored':
        added.add(change.entity)
        return true
      case 'updated':
        if (added.has(change.entity) || updated.has(change.entity)) return false
        if (gone.has(`${change.entity.type} ${change.entity.id}`)) return false
        updated.add(change.entity)
        return true
      default:
        return true
    }
  })
}
