import { brokenCap, type Caps, counted, dayOf, madeLately, onDay, type Tally, tallyOf, uncounted } from './caps.ts'

/** Where the tally outlives a restart. */
export interface TallyStore {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
}

/** Counts the day's calls. What was taken is on disk before the call is made, so that no restart gives calls away. */
export interface TallyKeeper {
  /** @throws what the store throws: then nothing was taken. */
  take(extension: string, call: string): Promise<'taken' | 'daily-cap' | 'daily-cap-of-all'>
  /** The call never began. */
  giveBack(extension: string, call: string): Promise<void>
  /** Whether this very call was made before, also before a restart; see `madeLately` for how long it is known. */
  madeBefore(call: string): boolean
}

const SETTING = 'click-to-call-tally'

/** @param now epoch milliseconds. @throws what the store throws. */
export async function openTally(store: TallyStore, caps: Caps, now: () => number): Promise<TallyKeeper> {
  let tally = tallyOf(await store.get(SETTING), dayOf(now()))
  const save = (next: Tally): Promise<void> => {
    tally = next
    return store.set(SETTING, JSON.stringify(next))
  }
  return {
    take: async (extension, call) => {
      const today = onDay(tally, dayOf(now()))
      const broken = brokenCap(today, extension, caps)
      if (broken) return broken
      try {
        await save(counted(today, extension, call))
      } catch (error) {
        tally = uncounted(tally, extension, call)
        throw error
      }
      return 'taken'
    },
    giveBack: (extension, call) => save(uncounted(tally, extension, call)),
    madeBefore: (call) => madeLately(tally, call),
  }
}
