import type { Logger } from 'pino'
import type { CardDelivery } from '../cards/card.ts'
import { type CardBoard, createCardBoard } from '../cards/card-board.ts'
import { type CardSocket, createCardSocket } from '../cards/card-socket.ts'
import type { LiveConfig } from './live-config.ts'
import { personTokens } from './person-tokens.ts'

/** How often cards whose call was lost are looked for. */
const SWEEP_MS = 60_000

export interface CardSideDeps {
  readonly live: LiveConfig
  /** Asterisk's clock. */
  readonly asteriskNow: () => number
  /** So many cards were shown. */
  readonly shown: (cards: number) => void
  readonly log: Logger
}

/** The cards that stand, and the browsers that see them. */
export interface CardSide extends AsyncDisposable {
  readonly board: CardBoard
  readonly socket: CardSocket
  send(deliveries: readonly CardDelivery[]): void
}

export function createCardSide({ live, asteriskNow, shown, log }: CardSideDeps): CardSide {
  const board = createCardBoard()
  const tokens = live.derive(personTokens)
  const socket = createCardSocket({ authenticate: (token) => tokens()(token), welcome: board.welcome, log })
  const sweep = setInterval(() => socket.send(board.expire(asteriskNow())), SWEEP_MS)
  return {
    board,
    socket,
    send: (deliveries) => {
      shown(deliveries.filter(({ message }) => message.type === 'card').length)
      socket.send(deliveries)
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(sweep)
      await socket[Symbol.asyncDispose]()
    },
  }
}
