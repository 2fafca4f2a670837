import { type AriOptions, connectBare } from './_ari.ts'
import { serveWitness, witnessOptions } from './_witness.ts'

// Sees every question and its answer by Asterisk's own timestamps, whoever answers: the entry into Stasis() and the arrival of
// the decision's one shared variable. Both applications are measured by the same eye.

export interface Decision {
  readonly application: string
  /** Milliseconds from the dialplan's Stasis() to the decision, both stamped by Asterisk. */
  readonly tookMs: number
}

const options = witnessOptions<AriOptions>()
const { socket, send } = await connectBare(options)
const asked = new Map<string, { readonly application: string; readonly at: number }>()
let decisions: Decision[] = []

socket.on('message', (data) => {
  const message = JSON.parse(String(data))
  const at = Date.parse(message.timestamp)
  const { dialplan_app: app, dialplan_app_data: argument, variable, value } = message
  if (message.type === 'ChannelDialplan' && app === 'Stasis') {
    asked.set(message.channel.id, { application: String(argument).split(',')[0] ?? '', at })
  }
  if (message.type !== 'ChannelVarset' || variable !== 'SHARED(CALLWEAVE_ANSWER)' || value === '') return
  const question = asked.get(message.channel.id)
  asked.delete(message.channel.id)
  if (question) decisions.push({ application: question.application, tookMs: at - question.at })
})
await send('PUT', `applications/${options.application}/eventFilter`, {
  allowed: [{ type: 'ChannelDialplan' }, { type: 'ChannelVarset' }],
})
await send('POST', `applications/${options.application}/subscription?eventSource=channel:`)
serveWitness((): readonly Decision[] => {
  const told = decisions
  decisions = []
  return told
})
