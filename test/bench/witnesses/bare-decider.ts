import { type AriOptions, connectBare } from './_ari.ts'
import { serveWitness, witnessOptions } from './_witness.ts'

// The baseline of decisions: a bare `ws` client that answers with the commands the service would send, without asking anybody.

export interface DeciderOptions extends AriOptions {
  /** Callers whose numbers begin so are "known": their answer has a name. */
  readonly knownPrefix: string
}

const options = witnessOptions<DeciderOptions>()
const { socket, send } = await connectBare(options)
let answered = 0

const decide = async (id: string, number: string): Promise<void> => {
  const value = number.startsWith(options.knownPrefix) ? 'default|Known client' : 'default'
  const variable = `SHARED(CALLWEAVE_ANSWER,${id})`
  await send('POST', `asterisk/variable?variable=${encodeURIComponent(variable)}&value=${encodeURIComponent(value)}`)
  await send('POST', `channels/${id}/continue`)
  answered += 1
}

socket.on('message', (data) => {
  const message = JSON.parse(String(data))
  if (message.type === 'StasisStart') void decide(message.channel.id, message.channel.caller.number)
})
serveWitness(() => ({ answered }))
