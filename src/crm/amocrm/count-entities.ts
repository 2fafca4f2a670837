import type { Api, Urgency } from './api.ts'

/** A page of one entity is cheap; lists have no totals (reference amocrm.md 0). */
const ONE = ['limit', 1] as const
const FIRST = 256
const STEP = 4
/** Halvings between two steps: a factor of four is narrowed to one of 1.2. */
const NARROWINGS = 3
/** No account is larger; an account that answers every page with something must not be asked for ever. */
const MOST = 2 ** 24

/** About how many entities a list has: pages far away are tried until one is empty. Some ten requests. */
export async function countEntities(api: Api, path: string, urgency: Urgency, signal: AbortSignal): Promise<number> {
  const reaches = async (page: number) =>
    (await api.get(path, [ONE, ['page', Math.round(page)]], { signal, urgency })) !== undefined
  let low = 1
  let high = FIRST
  while (high < MOST && (await reaches(high))) {
    low = high
    high *= STEP
  }
  for (let n = 0; n < NARROWINGS && low >= FIRST; n++) {
    const middle = Math.sqrt(low * high)
    if (await reaches(middle)) low = middle
    else high = middle
  }
  return Math.round(Math.sqrt(low * high))
}
