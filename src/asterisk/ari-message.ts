import type { CallEvent } from '../calls/call-event.ts'
import { ariFault } from './ari-fault.ts'
import { decodeAri } from './decode-ari.ts'
import type { InboundQuestion } from './message.ts'
import { decodeQuestion, typeOf } from './question.ts'

/** One frame of the stream, understood whole or not at all. */
export type AriMessage =
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'replaced' }
  | {
      readonly kind: 'event'
      /** As parsed. */
      readonly raw: unknown
      /** A question is an event too: its channel is watched like any other. */
      readonly events: readonly CallEvent[]
      readonly question: InboundQuestion | undefined
    }

/** Reads one text frame. Never throws, whatever it holds; types nobody reads are events without call events. */
export function readAriMessage(text: string, application: string): AriMessage {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return { kind: 'malformed', reason: 'no JSON' }
  }
  const type = typeOf(raw)
  if (type === undefined) return { kind: 'malformed', reason: 'no type' }
  if (type === 'ApplicationReplaced') return { kind: 'replaced' }
  const asked = decodeQuestion(raw, application)
  if (asked.kind === 'malformed') return asked
  try {
    const question = asked.kind === 'question' ? asked.question : undefined
    const events = decodeAri(raw)
    const fault = events.length === 0 ? ariFault(raw) : undefined
    return fault === undefined ? { kind: 'event', raw, events, question } : { kind: 'malformed', reason: fault }
  } catch (error) {
    return { kind: 'malformed', reason: error instanceof Error ? error.message : String(error) }
  }
}
