import { type AriOptions, connectBare } from './_ari.ts'
import { serveWitness, witnessOptions } from './_witness.ts'

// The baseline of decisions: a bare `ws` client that answers with the commands the service would send, without asking anybody.

export interface DeciderOptions extends AriOptions {
  /** Callers whose numbers begin so are "known": their answer has a name, one command more. */
  readonly knownPrefix: string
}

const options = witnessOptions<DeciderOptions>()
const { socket, send } = await connectBare(options)
let answered = 0

const decide = async (id: string, number: string): Promise<void> => {
  const set = (variable: string, value: string) =>
    send('POST', `channels/${id}/variable?variable=${encodeURIComponent(variable)}&value=${encodeURIComponent(value)}`)
  if (number.startsWith(options.knownPrefix)) await set('CALLERID(name)', 'Known client')
  await set('CALLWEAVE_ANSWER', 'default')
  await send('POST', `channels/${id}/continue`)
  answered += 1
}

socket.on('message', (data) => {
  const message = JSON.parse(String(data))
  if (message.type === 'StasisStart') void decide(message.channel.id, message.channel.caller.number)
})
serveWitness(() => ({ answered }))
