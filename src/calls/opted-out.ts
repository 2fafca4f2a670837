import type { CallEvent } from './call-event.ts'

/** Whether a call said that it must be neither shown nor registered. @param events those it was folded from */
export function optedOut(events: readonly CallEvent[]): boolean {
  return events.some((event) => 'channel' in event && event.channel.skipped === true)
}
