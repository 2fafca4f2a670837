import type { Logger } from 'pino'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { ContactIndex } from '../store/ports.ts'
import { chooseRoute, type LineRule, type Route } from './route.ts'

/** A caller who waits in the dialplan. */
export interface Question {
  readonly channelId: string
  readonly linkedid: string
  readonly did: string
  readonly callerNumber: string
  /** Epoch milliseconds of Asterisk's clock. */
  readonly askedAt: number
}

/** What the dialplan is told. */
export type Answer =
  | { readonly kind: 'default'; readonly callerName?: string }
  | { readonly kind: 'ring'; readonly extension: string; readonly seconds: number; readonly callerName?: string }

export interface InboundDeskDeps {
  readonly index: Pick<ContactIndex, 'lookup' | 'progress'>
  readonly lineOf: (did: string) => LineRule
  /** Whether somebody may be rung on a line at an instant. */
  readonly isOpen: (did: string, at: number) => boolean
  readonly extensionOf: (user: number) => string | undefined
  readonly country: string
  readonly asteriskNow: () => number
  readonly answer: (channelId: string, answer: Answer) => Promise<'answered' | 'gone'>
  readonly log: Logger
}

/** How questions went, for `/status`. */
export interface DeskCounts {
  readonly asked: number
  readonly answered: number
  /** The caller was gone or past the deadline before the answer arrived. */
  readonly late: number
  readonly failed: number
}

/** Answers callers' questions. A question it cannot answer takes the PBX's own route by the dialplan's deadline; nothing here can hold it longer. */
export interface InboundDesk {
  /** Never rejects. */
  take(question: Question): Promise<void>
  counts(): DeskCounts
}

export function createInboundDesk(deps: InboundDeskDeps): InboundDesk {
  const { index, lineOf, isOpen, extensionOf, country, asteriskNow, answer, log } = deps
  const counts = { asked: 0, answered: 0, late: 0, failed: 0 }

  const routeOf = async ({ did, callerNumber, askedAt }: Question): Promise<Route> => {
    const key = phoneKey(normalisePhone(callerNumber, country))
    const clients = key === undefined ? [] : await index.lookup(key)
    const { complete } = await index.progress()
    return chooseRoute({ line: lineOf(did), clients, open: isOpen(did, askedAt), indexComplete: complete, extensionOf })
  }

  const take = async (question: Question): Promise<void> => {
    counts.asked += 1
    const { linkedid, did } = question
    const age = asteriskNow() - question.askedAt
    if (age > lineOf(did).decisionSeconds * 1000) {
      counts.late += 1
      log.warn({ linkedid, did, ageMs: age }, 'a question came too late and was dropped')
      return
    }
    try {
      const route = await routeOf(question)
      const outcome = await answer(question.channelId, answerOf(route))
      counts[outcome === 'answered' ? 'answered' : 'late'] += 1
      log.info({ linkedid, did, route, outcome, tookMs: asteriskNow() - question.askedAt }, 'call routed')
    } catch (error) {
      counts.failed += 1
      log.error(
        { linkedid, did, error: String(error) },
        'a question could not be answered; the call takes the default route',
      )
    }
  }

  return { take, counts: () => ({ ...counts }) }
}

function answerOf(route: Route): Answer {
  const name = route.callerName === undefined ? {} : { callerName: route.callerName }
  return route.kind === 'ring'
    ? { kind: 'ring', extension: route.extension, seconds: route.seconds, ...name }
    : { kind: 'default', ...name }
}
