import { type AriOptions, connectBare } from './_ari.ts'
import { serveWitness, witnessOptions } from './_witness.ts'

// The baseline of cards: when a bare client hears that a phone is dialled, which is the earliest anybody can know.

export interface HeardRing {
  readonly call: string
  /** Epoch milliseconds of its arrival. */
  readonly at: number
}

const options = witnessOptions<AriOptions>()
const { socket, send } = await connectBare(options)
const heard = new Map<string, number>()
socket.on('message', (data) => {
  const at = performance.timeOrigin + performance.now()
  const message = JSON.parse(String(data))
  const call = message.caller?.id
  if (call !== undefined && !heard.has(call)) heard.set(call, at)
})
await send('PUT', `applications/${options.application}/eventFilter`, { allowed: [{ type: 'Dial' }] })
await send('POST', `applications/${options.application}/subscription?eventSource=channel:`)
serveWitness((): readonly HeardRing[] => [...heard].map(([call, at]) => ({ call, at })))
