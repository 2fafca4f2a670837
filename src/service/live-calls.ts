import type { Phase } from '../calls/call.ts'
import type { CallTracker } from '../calls/call-tracker.ts'
import { type CallPump, createCallPump } from '../live/call-pump.ts'
import type { ContactIndex } from '../store/ports.ts'
import type { Observer } from '../watching/observer.ts'
import { isTestCall } from '../watching/test-call.ts'
import type { CardSide } from './card-side.ts'
import type { HooksSide } from './hooks-side.ts'
import type { LiveConfig } from './live-config.ts'
import { createPhaseReactions } from './phase-reactions.ts'
import { shownCards } from './settings.ts'
import type { WitnessSide } from './witness-side.ts'

export interface LiveCallsDeps {
  readonly live: LiveConfig
  readonly tracker: CallTracker
  readonly asteriskNow: () => number
  readonly cards: CardSide
  readonly hooks: Pick<HooksSide, 'shownClient'>
  readonly index: Pick<ContactIndex, 'lookup' | 'progress'>
  readonly witness: Pick<WitnessSide, 'close'>
  readonly observer: Observer
  /** Others who follow calls; told after the cards, in this order. */
  readonly followers: readonly ((phase: Phase) => void)[]
}

export type LiveCalls = Pick<CallPump, 'take'> & AsyncDisposable

/** The way of live events: through the interpreter to everybody who reacts to a call's phases. */
export function createLiveCalls(deps: LiveCallsDeps): LiveCalls {
  const { live, tracker, asteriskNow, cards, hooks, index, witness, observer, followers } = deps
  const { logOf, metrics } = observer
  const shown = live.derive(shownCards)
  const reactions = createPhaseReactions({
    board: cards.board,
    cards,
    shown: { ofLine: (line) => shown().ofLine(line), toPerson: (extension) => shown().toPerson(extension) },
    index,
    closer: witness,
    eventsOf: tracker.events,
    shownClient: hooks.shownClient,
    log: logOf('card'),
  })
  const pump = createCallPump({
    tracker,
    asteriskNow,
    react: (phase) => {
      reactions.react(phase)
      for (const follow of followers) follow(phase)
      if (phase.kind === 'ended' && !isTestCall(phase.call.id)) metrics.callEnded(phase.call)
    },
    failed: (error, event) =>
      logOf('call').error({ err: error, event }, 'an event could not be followed; the call may be told wrong'),
  })
  return {
    take: pump.take,
    [Symbol.asyncDispose]: async () => {
      pump[Symbol.dispose]()
      await reactions[Symbol.asyncDispose]()
    },
  }
}
