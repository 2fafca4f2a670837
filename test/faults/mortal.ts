/** What a process that dies leaves behind: nothing it asked is answered any more, nothing it says is heard. */
export interface Life {
  /** Does `act` while alive; its end is not heard when death comes first. Never settles for the dead. */
  live<T>(act: () => Promise<T>): Promise<T>
  /** The same for each method of an object, also one level down (the parts of a store). */
  of<T extends object>(thing: T): T
  /** Death strikes at one of the next steps: before it is taken, or after and unheard. */
  doom(steps: number, when: 'before' | 'after'): void
  readonly died: Promise<void>
}

export function createLife(): Life {
  const died = Promise.withResolvers<void>()
  let left = Number.POSITIVE_INFINITY
  let striking: 'before' | 'after' = 'before'
  let dead = false
  const never = new Promise<never>(() => {})
  const die = () => {
    dead = true
    died.resolve()
    return never
  }

  async function live<T>(act: () => Promise<T>): Promise<T> {
    if (dead) return never
    left -= 1
    if (left <= 0 && striking === 'before') return die()
    const answer = act()
    if (left <= 0) {
      answer.catch(() => undefined)
      return die()
    }
    try {
      const result = await answer
      return dead ? never : result
    } catch (error) {
      if (dead) return never
      throw error
    }
  }

  function of<T extends object>(thing: T): T {
    const parts = new Map<PropertyKey, unknown>()
    return new Proxy(thing, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value
        if (!parts.has(name)) {
          parts.set(
            name,
            typeof value === 'function'
              ? (...args: unknown[]) => live(async () => Reflect.apply(value, target, args))
              : of(value),
          )
        }
        return parts.get(name)
      },
    })
  }

  return {
    live,
    of,
    doom(steps, when) {
      left = steps
      striking = when
    },
    died: died.promise,
  }
}
