import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readAriMessage } from '../../../src/asterisk/ari-message.ts'
import { createCallTracker } from '../../../src/calls/call-tracker.ts'
import type { Figure, Measurement } from '../measurement.ts'
import { templates } from '../recorded-stream.ts'
import { type CallTemplate, replayed } from '../replay.ts'

const STORIES = {
  'in-answered': 'an answered call',
  'in-group-answered': 'a ring group of Local channels',
  'in-queue-local': 'a queue',
}

/** What the interpreter keeps of a call that is up, its events for the timeline included. */
export const memoryPerCall: Measurement = {
  name: 'memory-per-call',
  title: 'memory of a live call',
  async run({ quick }) {
    const calls = quick ? 200 : 5_000
    const figures = Object.entries(STORIES).map(([story, what]): Figure => {
      const [template] = templates(story)
      const bytes = template ? bytesPerCall(template, calls) : Number.NaN
      return {
        what: `heap per live call, ${what} in conversation`,
        unit: 'KB',
        ours: bytes / 1000,
        target: { of: 'ours', most: 20 },
      }
    })
    return {
      figures,
      notes: [
        `${calls} calls of each kind in one process, folded from raw messages up to the moment before the first hang-up; difference of the used heap after a full collection. KB are 1 000 bytes.`,
      ],
    }
  },
}

function bytesPerCall(template: CallTemplate, calls: number): number {
  const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU' })
  const before = usedHeap()
  for (let number = 0; number < calls; number += 1) {
    const from = Date.parse('2026-11-20T09:00:00Z') + number
    for (const { text } of replayed(template, number, from, `+7922${1_000_000 + number}`, 1)) {
      if (/"type":"ChannelHangupRequest"/.test(text)) break
      const message = readAriMessage(text, 'callweave')
      if (message.kind === 'event') for (const event of message.events) tracker.take(event)
    }
  }
  const used = usedHeap() - before
  const live = tracker.live().length
  if (live !== calls) throw new Error(`${live} of ${calls} calls are up`)
  return used / calls
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
