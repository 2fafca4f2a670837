import type { Settings } from '../store/ports.ts'

/** Counts the calls of rules that give them to people in turn, also over restarts. */
export interface Turns {
  /** 0 the first time. @param rule line and kind. @throws StoreError */
  next(rule: string): Promise<number>
}

const NAME = 'registration.turns'

export function createTurns(settings: Settings): Turns {
  let loaded: Promise<Map<string, number>> | undefined
  const load = async (): Promise<Map<string, number>> => {
    const text = await settings.get(NAME)
    return new Map(text === undefined ? [] : Object.entries(JSON.parse(text) as Record<string, number>))
  }
  return {
    next: async (rule) => {
      loaded ??= load()
      const turns = await loaded
      const turn = turns.get(rule) ?? 0
      turns.set(rule, turn + 1)
      await settings.set(NAME, JSON.stringify(Object.fromEntries(turns)))
      return turn
    },
  }
}
