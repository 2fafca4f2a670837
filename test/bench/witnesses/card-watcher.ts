import { listenToCards } from '../../stage/card-listener.ts'
import { serveWitness, witnessOptions } from './_witness.ts'

// Everybody's browser in one process that does nothing else, so that a card's arrival is noted when it arrives.

export interface CardWatcherOptions {
  readonly port: number
  readonly tokens: readonly string[]
}

export interface SeenCard {
  readonly call: string
  /** Epoch milliseconds of its first arrival. */
  readonly at: number
}

const { port, tokens } = witnessOptions<CardWatcherOptions>()
const seen = new Map<string, number>()

for (const token of tokens) {
  const listener = await listenToCards(port, token)
  listener.onMessage(({ type, card }) => {
    const at = performance.timeOrigin + performance.now()
    if (type !== 'card' || typeof card !== 'object' || card === null || !('id' in card)) return
    const id = String(card.id)
    if (!seen.has(id)) seen.set(id, at)
  })
}
serveWitness((): readonly SeenCard[] => [...seen].map(([call, at]) => ({ call, at })))
