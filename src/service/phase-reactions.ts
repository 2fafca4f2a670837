import type { Logger } from 'pino'
import type { Call, Phase } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { ClientOnCard } from '../cards/card.ts'
import type { CardBoard } from '../cards/card-board.ts'
import type { CardSocket } from '../cards/card-socket.ts'
import { chooseClient } from '../crm/choose-client.ts'
import { phoneKey } from '../numbers/phone-number.ts'
import type { ContactIndex } from '../store/ports.ts'
import type { WitnessSide } from './witness-side.ts'

export interface PhaseReactionDeps {
  readonly board: CardBoard
  readonly cards: Pick<CardSocket, 'send'>
  readonly shown: ShownCards
  readonly index: Pick<ContactIndex, 'lookup' | 'progress'>
  readonly closer: Pick<WitnessSide, 'close'>
  readonly eventsOf: (callId: string) => readonly CallEvent[]
  readonly log: Logger
  /** What a card says of a client, once a customer's script has seen it. Never rejects. */
  readonly shownClient: (client: ClientOnCard, call: Call) => Promise<ClientOnCard>
}

/** Whose screens show which calls. */
export interface ShownCards {
  ofLine(line: string): boolean
  toPerson(extension: string): boolean
}

/** What is known of a live call's client. */
interface LookUp {
  readonly phone: string
  known: boolean
}

/** What follows from a call's phases: cards at once, the client's name as soon as it is found, the journal when it ends. */
export interface PhaseReactions extends AsyncDisposable {
  react(phase: Phase): void
}

export function createPhaseReactions(deps: PhaseReactionDeps): PhaseReactions {
  const { board, cards, shown, index, closer, eventsOf, log } = deps
  const underWay = new Set<Promise<void>>()
  /** By call. An outbound call learns its client later than it begins. */
  const lookUps = new Map<string, LookUp>()

  const send = (deliveries: ReturnType<CardBoard['take']>): void => {
    cards.send(deliveries.filter(({ extension }) => shown.toPerson(extension)))
  }

  const describe = async (call: Call, lookUp: LookUp): Promise<void> => {
    try {
      const client = await deps.shownClient(await clientOf(call), call)
      // Not when the call has ended or has another client by then.
      if (lookUps.get(call.id) !== lookUp) return
      lookUp.known = client.state === 'known'
      send(board.describe(call.id, client))
    } catch (error) {
      log.error({ call: call.id, error: String(error) }, 'the client of a call could not be looked up')
    }
  }

  /** Once a number, and again for whoever sees the call next while nobody was found: the index fills, contacts are created. */
  const lookUp = ({ kind, call }: Phase): void => {
    const before = lookUps.get(call.id)
    const seenNext = kind === 'ringing' || kind === 'conversation-started'
    if (before?.phone === call.client && (before.known || !seenNext)) return
    const next = { phone: call.client, known: false }
    lookUps.set(call.id, next)
    track(describe(call, next))
  }

  const clientOf = async (call: Call): Promise<ClientOnCard> => {
    const key = phoneKey(call.client)
    const client = key === undefined ? undefined : chooseClient(await index.lookup(key), call.client)
    if (client) return { state: 'known', kind: client.kind, id: client.id, name: client.name, owner: client.owner }
    return key === undefined || (await index.progress()).complete ? { state: 'unknown' } : { state: 'looking' }
  }

  const track = (work: Promise<void>): void => {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  return {
    react: (phase) => {
      const { call } = phase
      if (phase.kind === 'arrived' && call.direction !== 'internal') {
        log.info({ call: call.id, direction: call.direction, line: call.line, client: call.client }, 'call arrived')
      }
      if (call.direction !== 'internal' && !call.skipped) lookUp(phase)
      // What a screen shows must be taken away again, whatever the line's mode has become to the call meanwhile.
      if (shown.ofLine(call.line) || phase.kind === 'ended' || phase.kind === 'skipped') send(board.take(phase))
      if ('extension' in phase && call.direction !== 'internal') {
        log.info({ call: call.id, extension: phase.extension, phase: phase.kind }, 'call went on')
      }
      if (phase.kind === 'ended' || phase.kind === 'absorbed') lookUps.delete(call.id)
      // The events are read here, while the interpreter still has them.
      if (phase.kind === 'ended') void closer.close(call, eventsOf(call.id))
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(underWay)
    },
  }
}
