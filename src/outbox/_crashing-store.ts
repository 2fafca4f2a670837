import type { JobChange, OutboxStore } from '../store/ports.ts'

/** Where the process dies: as a write begins (the disk never hears of it), or when it has ended (nobody hears that it did). */
export type Crash = 'before-write' | 'after-write'

/**
 * A store as one process sees it that may die at any write: from then on nothing it asked is ever answered and nothing it says is heard.
 * Only jobs of `kinds` are handed out, so that many scenarios can share one file.
 */
export function crashingStore(
  store: OutboxStore,
  kinds: readonly string[],
  crashAt: (changes: readonly JobChange[]) => Crash | undefined,
) {
  const died = Promise.withResolvers<void>()
  const underWay = new Set<Promise<unknown>>()
  let dead = false
  const die = () => {
    dead = true
    // What was handed to the disk is on it or lost before the next process looks.
    void Promise.allSettled(underWay).then(() => died.resolve())
    return new Promise<never>(() => {})
  }
  const alive = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (dead) return new Promise<never>(() => {})
    const answer = await ask()
    return dead ? new Promise<never>(() => {}) : answer
  }
  const ours = ({ kind }: { readonly kind: string }) => kinds.includes(kind)
  const view: OutboxStore = {
    ...store,
    due: (now, limit) => alive(async () => (await store.due(now, limit + 10_000)).filter(ours)),
    interrupted: () => alive(async () => (await store.interrupted()).filter(ours)),
    change: (changes) =>
      alive(async () => {
        const crash = crashAt(changes)
        if (crash === 'before-write') return die()
        const writing = store.change(changes)
        underWay.add(writing)
        const answer = await writing.finally(() => underWay.delete(writing))
        return crash === 'after-write' ? die() : answer
      }),
  }
  return { view, died: died.promise, kill: () => void die() }
}
