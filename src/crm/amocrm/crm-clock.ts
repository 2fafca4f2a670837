import type { Api } from './api.ts'

/** An instant of our clock on the CRM's, epoch milliseconds; never before the epoch, which it refuses as a filter. */
export function onCrmClock(api: Pick<Api, 'skewMs'>, instant: number): number {
  return Math.max(0, instant + (api.skewMs() ?? 0))
}
