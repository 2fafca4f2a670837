/**
 * What several generators yield, as it comes. Each goes on only when what it yielded was taken and something more is asked for.
 * One that throws ends all; so does whoever stops asking.
 * @param end called once when it is over: sources that wait for something must end by themselves then
 */
export async function* sideBySide<T>(
  sources: readonly AsyncGenerator<T, void, void>[],
  end: () => void,
): AsyncGenerator<T, void, void> {
  const next = async (source: AsyncGenerator<T, void, void>) => ({ source, result: await source.next() })
  const pending = new Map(sources.map((source) => [source, next(source)]))
  try {
    while (pending.size > 0) {
      const { source, result } = await Promise.race(pending.values())
      if (result.done) {
        pending.delete(source)
        continue
      }
      yield result.value
      pending.set(source, next(source))
    }
  } finally {
    end()
    // Those under way come home first: nothing is asked for behind the back of whoever was told that it is over.
    await Promise.allSettled([...pending.values(), ...sources.map((source) => source.return())])
  }
}
