import type { Logger } from 'pino'
import type { Decisions } from '../store/crm-state-ports.ts'
import type { FindResponsible } from './responsible.ts'
import type { LineRule, Route } from './route.ts'
import { routeDecisions } from './route-decisions.ts'

/** A caller who waits in the dialplan. */
export interface Question {
  readonly channelId: string
  readonly linkedid: string
  readonly did: string
  readonly callerNumber: string
  readonly callerName: string
  /** Epoch milliseconds of Asterisk's clock. */
  readonly askedAt: number
}

/** What the dialplan is told. */
export type Answer =
  | { readonly kind: 'default'; readonly callerName?: string }
  | { readonly kind: 'ring'; readonly extension: string; readonly seconds: number; readonly callerName?: string }

export interface InboundDeskDeps {
  readonly find: FindResponsible
  readonly lineOf: (did: string) => LineRule
  readonly asteriskNow: () => number
  readonly answer: (channelId: string, answer: Answer) => Promise<'answered' | 'gone'>
  /** Why calls went where they went. */
  readonly decisions: Pick<Decisions, 'add'>
  /** Name of the PBX the decisions are kept under. */
  readonly pbx: string
  /** A question has ended; milliseconds by Asterisk's clock, where there was an answer. */
  readonly ended?: (linkedid: string, outcome: 'answered' | 'late' | 'failed', ms: number | undefined) => void
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
  /** Resolves when the question is answered or given up. Never rejects. */
  take(question: Question): Promise<void>
  counts(): DeskCounts
  /** Resolves when every reason given so far is on disk, or was refused by it. */
  written(): Promise<void>
}

export function createInboundDesk(deps: InboundDeskDeps): InboundDesk {
  const { ended = () => undefined, find, lineOf, asteriskNow, answer, decisions, pbx, log } = deps
  const counts = { asked: 0, answered: 0, late: 0, failed: 0 }
  const writing = new Set<Promise<void>>()

  /** Begun when the answer has left: the caller waits for no disk. */
  const keep = (linkedid: string, route: Route, at: number): void => {
    const kept = decisions.add(pbx, linkedid, routeDecisions(route, at)).catch((error: unknown) => {
      log.warn({ linkedid, err: error }, 'why a call was routed could not be kept beside it')
    })
    writing.add(kept)
    void kept.finally(() => writing.delete(kept))
  }

  const take = async (question: Question): Promise<void> => {
    counts.asked += 1
    const { channelId, linkedid, did, callerNumber: number, callerName: displayName, askedAt: at } = question
    const line = lineOf(did)
    const age = asteriskNow() - at
    if (age > line.decisionSeconds * 1000) {
      counts.late += 1
      ended(linkedid, 'late', undefined)
      log.warn({ linkedid, did, ageMs: age }, 'a question came too late and was dropped')
      return
    }
    try {
      const route = await find({ line, did, number, displayName, at, linkedid })
      const outcome = await answer(channelId, answerOf(route))
      const tookMs = asteriskNow() - at
      const kind = outcome === 'answered' ? 'answered' : 'late'
      counts[kind] += 1
      ended(linkedid, kind, tookMs)
      log.info({ linkedid, did, route, outcome, tookMs }, 'call routed')
      // Lines that keep their own route decide nothing about anybody.
      if (line.mode === 'on' && line.routing) keep(linkedid, route, at)
    } catch (error) {
      counts.failed += 1
      ended(linkedid, 'failed', undefined)
      log.error(
        { linkedid, did, error: String(error) },
        'a question could not be answered; the call takes the default route',
      )
    }
  }

  return {
    take,
    counts: () => ({ ...counts }),
    written: async () => {
      await Promise.all(writing)
    },
  }
}

function answerOf(route: Route): Answer {
  const name = route.callerName === undefined ? {} : { callerName: route.callerName }
  return route.kind === 'ring'
    ? { kind: 'ring', extension: route.extension, seconds: route.seconds, ...name }
    : { kind: 'default', ...name }
}
