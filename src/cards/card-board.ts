import type { Call, Phase } from '../calls/call.ts'
import type { Card, CardCloseReason, CardDelivery, CardMessage, ClientOnCard } from './card.ts'

/** A call that lasts longer has lost its end; its card must not stand on a screen for ever. */
const STALE_AFTER_MS = 6 * 60 * 60 * 1000

/** Who sees which card. Every change comes out as messages; nothing is sent from here. */
export interface CardBoard {
  /** What a phase changes on people's screens. */
  take(phase: Phase): readonly CardDelivery[]
  /** The client of a call was looked up. Cards that show the call are told again. */
  describe(callId: string, client: ClientOnCard): readonly CardDelivery[]
  /** All a person's browser needs to start from. */
  welcome(extension: string): CardMessage
  /** Closes cards whose call was not heard of for six hours. `now` in epoch milliseconds of Asterisk's clock. */
  expire(now: number): readonly CardDelivery[]
}

interface Screen {
  seq: number
  readonly cards: Map<string, Card>
}

export function createCardBoard(): CardBoard {
  const screens = new Map<string, Screen>()
  const clients = new Map<string, ClientOnCard>()

  const screenOf = (extension: string): Screen => {
    const known = screens.get(extension)
    if (known) return known
    const fresh: Screen = { seq: 0, cards: new Map() }
    screens.set(extension, fresh)
    return fresh
  }

  const put = (extension: string, card: Card): CardDelivery => {
    const screen = screenOf(extension)
    screen.cards.set(card.id, card)
    screen.seq += 1
    return { extension, message: { type: 'card', seq: screen.seq, card } }
  }

  const close = (extension: string, id: string, reason: CardCloseReason): readonly CardDelivery[] => {
    const screen = screenOf(extension)
    if (!screen.cards.delete(id)) return []
    screen.seq += 1
    return [{ extension, message: { type: 'closed', seq: screen.seq, id, reason } }]
  }

  const show = (extension: string, call: Call, state: Card['state'], at: number): readonly CardDelivery[] => {
    if (call.direction === 'internal') return []
    const client = clients.get(call.id) ?? { state: 'looking' }
    const { id, direction, client: phone, line } = call
    return [put(extension, { id, state, direction, phone, client, line, since: at })]
  }

  const showing = (id: string): readonly string[] =>
    [...screens].filter(([, screen]) => screen.cards.has(id)).map(([extension]) => extension)

  const closeAll = (id: string, reason: CardCloseReason): readonly CardDelivery[] =>
    showing(id).flatMap((extension) => close(extension, id, reason))

  const stopRinging = (extension: string, id: string, elsewhere: boolean): readonly CardDelivery[] => {
    const card = screens.get(extension)?.cards.get(id)
    if (card?.state !== 'ringing') return []
    return close(extension, id, elsewhere ? 'answered-elsewhere' : 'not-answered')
  }

  const move = (from: string, into: string): readonly CardDelivery[] => {
    const client = clients.get(into) ?? clients.get(from)
    if (client) clients.set(into, client)
    clients.delete(from)
    return showing(from).flatMap((extension) => {
      const card = screenOf(extension).cards.get(from)
      if (!card) return []
      return [...close(extension, from, 'moved'), put(extension, { ...card, id: into, client: client ?? card.client })]
    })
  }

  const dismiss = (id: string): readonly CardDelivery[] => {
    clients.delete(id)
    return closeAll(id, 'skipped')
  }

  const change = (phase: Phase): readonly CardDelivery[] => {
    switch (phase.kind) {
      case 'arrived':
      case 'skipped':
        return []
      case 'ringing':
        return show(phase.extension, phase.call, 'ringing', phase.at)
      case 'ringing-ended':
        return stopRinging(phase.extension, phase.call.id, phase.elsewhere)
      case 'conversation-started':
        return show(phase.extension, phase.call, 'talking', phase.at)
      case 'conversation-ended':
        return close(phase.extension, phase.call.id, 'ended')
      case 'absorbed':
        return move(phase.call.id, phase.into)
      case 'ended': {
        clients.delete(phase.call.id)
        return closeAll(phase.call.id, 'ended')
      }
      default:
        return phase satisfies never
    }
  }

  return {
    take: (phase) => (phase.call.skipped ? dismiss(phase.call.id) : change(phase)),
    describe: (callId, client) => {
      clients.set(callId, client)
      return showing(callId).flatMap((extension) => {
        const card = screenOf(extension).cards.get(callId)
        return card ? [put(extension, { ...card, client })] : []
      })
    },
    welcome: (extension) => {
      const { seq, cards } = screenOf(extension)
      return { type: 'welcome', seq, extension, cards: [...cards.values()] }
    },
    expire: (now) =>
      [...screens].flatMap(([extension, screen]) =>
        [...screen.cards.values()]
          .filter((card) => now - card.since > STALE_AFTER_MS)
          .flatMap((card) => close(extension, card.id, 'stale')),
      ),
  }
}
