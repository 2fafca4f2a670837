import { type Lab, type LabOptions, startLab } from '../lab/lab.ts'
import { prepareLab } from './lab-additions.ts'

export interface LabPool extends AsyncDisposable {
  /** Runs with a lab of its own as soon as one is free. */
  use<Result>(run: (lab: Lab) => Promise<Result>): Promise<Result>
}

/**
 * Several labs that are ready for stories, all at once: `most`, or as many as have a free slot now. Only the first is waited for: runs
 * that hold some slots and wait for more would wait for each other.
 */
export async function startLabPool(options: LabOptions, most: number): Promise<LabPool> {
  await using started = new AsyncDisposableStack()
  const first = started.use(await startLab(options))
  const more = await Promise.allSettled(Array.from({ length: most - 1 }, () => startLab({ ...options, patienceMs: 0 })))
  const labs = [first, ...more.flatMap((one) => (one.status === 'fulfilled' ? [started.use(one.value)] : []))]
  await Promise.all(labs.map(prepareLab))
  const free = [...labs]
  const waiting: ((lab: Lab) => void)[] = []
  const owned = started.move()
  return {
    async use(run) {
      const lab = free.pop() ?? (await new Promise<Lab>((resolve) => waiting.push(resolve)))
      try {
        return await run(lab)
      } finally {
        const next = waiting.shift()
        if (next) next(lab)
        else free.push(lab)
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
