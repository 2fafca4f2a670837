import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceKeeper } from './campaign-keeper.ts'

/** Waits until the service has nothing left to do. @returns what is still to do when patience ends; undefined when nothing is */
export async function settled(
  keeper: ServiceKeeper,
  patienceMs: number,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadline = performance.now() + patienceMs
  let quiet = 0
  for (let left = ''; ; await sleep(500, undefined, { signal })) {
    const now = await leftToDo(keeper)
    if (now !== left && now !== '') log(`to do: ${now}`)
    left = now
    quiet = left === '' ? quiet + 1 : 0
    // Passes over the records, one every two seconds here, may still find something.
    if (quiet >= 9) return undefined
    if (performance.now() > deadline) return left
  }
}

async function leftToDo(keeper: ServiceKeeper): Promise<string> {
  const [live, waiting, gaps, counts, unwritten] = await Promise.all([
    keeper.status('calls.live'),
    keeper.status('reconciliation.waiting'),
    keeper.status('reconciliation'),
    keeper.status('outbox.counts'),
    keeper.status('state.unwrittenCalls'),
  ])
  if (typeof counts !== 'object' || counts === null) return 'the service does not answer'
  const jobs = Object.entries(counts).filter(
    ([state, n]) => ['waiting', 'sending', 'unproven'].includes(state) && n > 0,
  )
  return [
    ...(live === 0 ? [] : [`${String(live)} calls go on`]),
    ...(waiting === 0 ? [] : [`${String(waiting)} wait for CEL`]),
    ...(JSON.stringify(gaps).includes('missingSince') ? ['something is missing'] : []),
    ...(unwritten ? [`${String(unwritten)} calls not written`] : []),
    ...jobs.map(([state, n]) => `${String(n)} jobs ${state}`),
  ].join(', ')
}
