/** What goes on in real time (disk, threads): the virtual clock stands still until it is over. */
export interface UnderWay {
  track<T>(work: Promise<T>): Promise<T>
  /** Resolves when nothing is under way and nobody has anything to do before a timer. */
  quiet(): Promise<void>
}

export function createUnderWay(): UnderWay {
  let count = 0
  let changed = Promise.withResolvers<void>()
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

  return {
    track(work) {
      count += 1
      const over = () => {
        count -= 1
        if (count > 0) return
        changed.resolve()
        changed = Promise.withResolvers()
      }
      work.then(over, over)
      return work
    },
    async quiet() {
      for (;;) {
        while (count > 0) await changed.promise
        await turn()
        if (count > 0) continue
        await turn()
        if (count === 0 && !filesAreOpen()) return
      }
    },
  }
}

/** The token file is written through the thread pool. */
function filesAreOpen(): boolean {
  return process.getActiveResourcesInfo().includes('FSReqPromise')
}
