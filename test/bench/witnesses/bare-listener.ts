import { type AriOptions, connectBare } from './_ari.ts'
import { serveWitness, witnessOptions } from './_witness.ts'

// The baseline of CPU: a bare `ws` client that parses the unfiltered stream of every channel and bridge, and does nothing else.

export interface HeardByListener {
  readonly events: number
}

const options = witnessOptions<AriOptions>()
const { socket, send } = await connectBare(options)
let events = 0
socket.on('message', (data) => {
  if (typeof JSON.parse(String(data)) === 'object') events += 1
})
await send('POST', `applications/${options.application}/subscription?eventSource=channel:,bridge:`)
serveWitness((): HeardByListener => ({ events }))
