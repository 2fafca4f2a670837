import { dialplanText } from './clean-text.ts'
import type { InboundAnswer } from './message.ts'

/** An extension the dialplan dials: the snippet accepts nothing else. */
const EXTENSION = /^[0-9A-Za-z_-]{1,30}$/
const LONGEST_RING_SECONDS = 300

/** The variable the dialplan reads an answer from, shared by the channel that asks; it ends with the channel. */
export const ANSWER_VARIABLE = 'CALLWEAVE_ANSWER'

/**
 * What the dialplan is told: `default`, `ring,101,15`, each with the caller's name behind a bar when it is known. One value, so that half an
 * answer cannot be. A ring that the dialplan would not take (no extension, no whole seconds) is told as `default`.
 */
export function answerText(answer: InboundAnswer): string {
  const name = dialplanText(answer.callerName ?? '')
  return name === '' ? decisionText(answer) : `${decisionText(answer)}|${name}`
}

function decisionText(answer: InboundAnswer): string {
  if (answer.kind === 'default') return 'default'
  const seconds = Math.round(answer.seconds)
  const ringable = EXTENSION.test(answer.extension) && seconds >= 1 && seconds <= LONGEST_RING_SECONDS
  return ringable ? `ring,${answer.extension},${seconds}` : 'default'
}
