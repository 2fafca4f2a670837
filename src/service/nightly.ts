import { schedule } from 'node-cron'
import { untilAborted } from './background-loops.ts'

/** Does something at one time of each day, by the clock of this machine, until `signal` aborts. @param at `04:30`; undefined: never. */
export async function nightly(
  at: string | undefined,
  work: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  if (at === undefined) return untilAborted(signal)
  const [hours, minutes] = at.split(':').map(Number)
  const task = schedule(`${minutes} ${hours} * * *`, async () => void (await work()), { noOverlap: true })
  await untilAborted(signal)
  await task.destroy()
}
