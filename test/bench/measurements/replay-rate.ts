import { readAriMessage } from '../../../src/asterisk/ari-message.ts'
import { createCallTracker } from '../../../src/calls/call-tracker.ts'
import type { Measurement } from '../measurement.ts'
import { overlappingCalls, templates } from '../recorded-stream.ts'
import { median } from '../statistics.ts'

/** How fast the stream could come: raw messages from text to phases, in one process. */
export const replayRate: Measurement = {
  name: 'replay-rate',
  title: 'replay of raw ARI messages: decoding, validation, interpretation',
  async run({ quick, say }) {
    const [rounds, calls] = quick ? [1, 100] : [9, 2_000]
    const texts = overlappingCalls(templates(), calls, 100)
    const ours: number[] = []
    const parsed: number[] = []
    let ended = 0
    // The first two rounds are the compiler's.
    for (let round = -2; round < rounds; round++) {
      const perSecond = {
        ours: rateOf(texts, () => (ended = interpret(texts))),
        parsed: rateOf(texts, () => parse(texts)),
      }
      if (round < 0) continue
      ours.push(perSecond.ours)
      parsed.push(perSecond.parsed)
    }
    const bytes = texts.reduce((sum, text) => sum + text.length, 0)
    say(
      `${texts.length} messages, ${ended} of ${calls} calls ended, rounds ${ours.map((rate) => rate.toFixed(0)).join(' ')}`,
    )
    return {
      figures: [
        {
          what: 'raw messages a second of CPU, from text to phases',
          unit: '/s',
          ours: median(ours),
          baseline: { what: 'JSON.parse alone', value: median(parsed) },
          target: { of: 'ours', least: 40_000 },
        },
      ],
      notes: [
        `${texts.length} messages of ${calls} calls recorded from Asterisk 22 (answered, groups, queues, menus, transfers, hold, voicemail, outbound, internal), fresh ids, about 100 live at a time, ${(bytes / texts.length).toFixed(0)} characters a message with the fields nobody reads put back. ${ended} calls ended. Medians of ${rounds} interleaved rounds of process CPU, garbage collection and compiler threads included.`,
      ],
    }
  },
}

/** @returns messages a second of CPU */
function rateOf(texts: readonly string[], work: () => void): number {
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (texts.length * 1e6) / (user + system)
}

function parse(texts: readonly string[]): void {
  for (const text of texts) JSON.parse(text)
}

/** @returns how many calls ended */
function interpret(texts: readonly string[]): number {
  const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU' })
  let ended = 0
  for (const text of texts) {
    const message = readAriMessage(text, 'callweave')
    if (message.kind !== 'event') throw new Error(`a message was not understood: ${text}`)
    for (const event of message.events) {
      for (const phase of tracker.take(event)) if (phase.kind === 'ended') ended += 1
    }
  }
  return ended
}
