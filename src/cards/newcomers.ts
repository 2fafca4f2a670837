/** Browsers say hello as soon as they are connected: who is still silent is a scanner, or very few moments old. */
const MOST_OF_AN_ADDRESS = 100
const MOST_IN_ALL = 1_000

/** Counts the sockets that have not said hello, so that silent ones cannot take the places of managers. */
export interface Newcomers {
  /** Takes a place; undefined when there is none for this address. The function gives it back, once. */
  enter(address: string): (() => void) | undefined
}

export function createNewcomers(mostOfAnAddress = MOST_OF_AN_ADDRESS, mostInAll = MOST_IN_ALL): Newcomers {
  const byAddress = new Map<string, number>()
  let all = 0

  const leave = (address: string): void => {
    const left = (byAddress.get(address) ?? 1) - 1
    all -= 1
    if (left === 0) byAddress.delete(address)
    else byAddress.set(address, left)
  }

  return {
    enter: (address) => {
      const here = byAddress.get(address) ?? 0
      if (here >= mostOfAnAddress || all >= mostInAll) return undefined
      byAddress.set(address, here + 1)
      all += 1
      let inside = true
      return () => {
        if (inside) leave(address)
        inside = false
      }
    },
  }
}
