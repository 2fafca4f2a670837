import { dialplanText } from './clean-text.ts'
import type { InboundAnswer } from './message.ts'

/** Channel variables that carry an answer, in the order in which they are set. */
export interface AnswerVariable {
  readonly name: 'CALLERID(name)' | 'CALLWEAVE_ANSWER'
  readonly value: string
}

/** An extension the dialplan dials: the snippet accepts nothing else. */
const EXTENSION = /^[0-9A-Za-z_-]{1,30}$/
const LONGEST_RING_SECONDS = 300

/**
 * What the dialplan is told. The decision is one variable and comes last, so that a half-sent answer is no answer.
 * A ring that the dialplan would not take (no extension, no whole seconds) is told as `default`.
 */
export function answerVariables(answer: InboundAnswer): readonly AnswerVariable[] {
  const name = dialplanText(answer.callerName ?? '')
  const decision: AnswerVariable = { name: 'CALLWEAVE_ANSWER', value: decisionText(answer) }
  return name === '' ? [decision] : [{ name: 'CALLERID(name)', value: name }, decision]
}

function decisionText(answer: InboundAnswer): string {
  if (answer.kind === 'default') return 'default'
  const seconds = Math.round(answer.seconds)
  const ringable = EXTENSION.test(answer.extension) && seconds >= 1 && seconds <= LONGEST_RING_SECONDS
  return ringable ? `ring,${answer.extension},${seconds}` : 'default'
}
