import { ANSWER_VARIABLE, answerText } from './answer.ts'
import type { AriConnection } from './ari-client.ts'
import { AriError } from './ari-error.ts'
import { dialplanText } from './clean-text.ts'
import type { InboundAnswer } from './message.ts'

/** CDR and CEL columns hold 32 characters, two of which `;2` of a Local channel takes (reference ari.md 7.1). */
export const LONGEST_CHANNEL_ID = 30

export interface Originate {
  /** Chosen by the caller, so that events can be told before the answer comes. At most 30 characters. */
  readonly channelId: string
  /** `PJSIP/101`, `Local/101@context`. */
  readonly endpoint: string
  /** Where the channel goes in the dialplan once it is answered. */
  readonly context: string
  readonly extension: string
  /** Becomes the channel's own caller id: the phone shows it, and so does whoever the dialplan dials next. */
  readonly callerName?: string
  readonly callerNumber?: string
  /**
   * Only shown on the phone while it rings (its connected line). The channel keeps the caller id a call by hand from that
   * phone has, and whoever it calls next sees that one (measured on 16.28 and 22.10).
   */
  readonly display?: { readonly name: string; readonly number: string }
  readonly timeoutSeconds: number
  readonly variables?: Readonly<Record<string, string>>
}

/**
 * Commands to one Asterisk. All reject with `AriError`: with a status when Asterisk refused, without one when nothing came
 * (not connected, time-out). None of them is repeated by itself.
 */
export interface AriCommands {
  /** `gone`: the caller hung up or the deadline passed; no proof of anything, and nothing to be done. */
  answerQuestion(channelId: string, answer: InboundAnswer): Promise<'answered' | 'gone'>
  /** Lets a channel that sits in our application go on in the dialplan, with whatever answer it has. */
  continueChannel(channelId: string): Promise<'continued' | 'gone'>
  /** @throws AriError 500 when the endpoint has no registered phone: then no event ever comes. */
  originate(originate: Originate): Promise<void>
  /** Already hung up is fine. */
  hangup(channelId: string): Promise<void>
  /** Raw ARI objects, decoded by whoever reads them. */
  channels(): Promise<readonly unknown[]>
  bridges(): Promise<readonly unknown[]>
  endpoints(): Promise<readonly unknown[]>
  /** Version of Asterisk, as the distribution names it. */
  version(): Promise<string>
  /** undefined when it is not set. @throws AriError 404 when there is no such channel. */
  getVariable(channelId: string, variable: string): Promise<string | undefined>
  /** `channel:,bridge:` is every channel and every bridge. */
  applicationSubscribe(eventSource: string): Promise<void>
  /** Events of these types are not sent to us until the link drops. */
  eventFilter(disallowed: readonly string[]): Promise<void>
  /** Whether Asterisk knows our application (it may be connected to another process). */
  applicationExists(): Promise<boolean>
  /** Sends ourselves a `ChannelUserevent`, whose timestamp is Asterisk's clock in milliseconds. */
  userEvent(name: string): Promise<void>
}

/** @param call carries out one operation of `ari-client`. */
export function createAriCommands(application: string, call: AriConnection['call']): AriCommands {
  const commands: AriCommands = {
    async answerQuestion(channelId, answer) {
      return unlessGone('answered', async () => {
        // Never as a variable of the channel: setting one through ARI forbids the channel's dialplan every DB() afterwards, so that a FreePBX
        // knows no extension any more (live_dangerously=no; measured on 22.10.1, not so on 16.28). SHARED() is written by ARI's own thread.
        const variable = `SHARED(${ANSWER_VARIABLE},${channelId})`
        await call((client) => client.asterisk.setGlobalVar({ variable, value: answerText(answer) }))
        await call((client) => client.channels.continueInDialplan({ channelId }))
      })
    },
    async continueChannel(channelId) {
      return unlessGone('continued', () => call((client) => client.channels.continueInDialplan({ channelId })))
    },
    async originate(originate) {
      if (originate.channelId.length > LONGEST_CHANNEL_ID || originate.channelId === '') {
        throw new AriError(`channel id must have 1 to ${LONGEST_CHANNEL_ID} characters`, 400)
      }
      await call((client) => client.channels.originateWithId(originateParameters(originate)))
    },
    async hangup(channelId) {
      await unlessGone('hung up', () => call((client) => client.channels.hangup({ channelId })))
    },
    channels: async () => (await call((client) => client.channels.list())).map(plain),
    bridges: async () => (await call((client) => client.bridges.list())).map(plain),
    endpoints: async () => (await call((client) => client.endpoints.list())).map(plain),
    async version() {
      const info = await call((client) => client.asterisk.getInfo({ only: 'system' }))
      return info.system?.version ?? ''
    },
    async getVariable(channelId, variable) {
      try {
        const { value } = await call((client) => client.channels.getChannelVar({ channelId, variable }))
        return value === '' ? undefined : value
      } catch (error) {
        // An unset variable and an unknown channel both answer 404; their words differ.
        if (error instanceof AriError && error.status === 404 && /variable/i.test(error.message)) return undefined
        throw error
      }
    },
    async applicationSubscribe(eventSource) {
      await call((client) => client.applications.subscribe({ applicationName: application, eventSource }))
    },
    async eventFilter(disallowed) {
      const filter = { disallowed: disallowed.map((type) => ({ type })) }
      await call((client) => client.applications.filter({ applicationName: application, filter }))
    },
    async applicationExists() {
      try {
        await call((client) => client.applications.get({ applicationName: application }))
        return true
      } catch (error) {
        if (error instanceof AriError && error.status === 404) return false
        throw error
      }
    },
    async userEvent(name) {
      await call((client) => client.events.userEvent({ eventName: name, application }))
    },
  }
  return commands
}

function originateParameters(originate: Originate) {
  const { channelId, endpoint, context, extension, timeoutSeconds } = originate
  const name = dialplanText(originate.callerName ?? '')
  const number = (originate.callerNumber ?? '').replace(/[^\d+*#A-Za-z]/g, '')
  const callerId = name || number ? { callerId: `${name} <${number}>`.trim() } : {}
  const variables = { ...originate.variables, ...displayVariables(originate.display) }
  const withVariables = Object.keys(variables).length > 0 ? { variables } : {}
  return {
    channelId,
    endpoint,
    context,
    extension,
    priority: 1,
    timeout: timeoutSeconds,
    ...callerId,
    ...withVariables,
  }
}

/** `i` keeps Asterisk from telling a phone that has not been called yet. */
function displayVariables(display: Originate['display']): Readonly<Record<string, string>> {
  if (!display) return {}
  const number = display.number.replace(/[^\d+]/g, '')
  return { 'CONNECTEDLINE(name,i)': dialplanText(display.name), 'CONNECTEDLINE(num,i)': number }
}

/** `ari-client` hangs operations and itself on every object of a list; what is left is what Asterisk sent. */
function plain(resource: object): Readonly<Record<string, unknown>> {
  const own = Object.entries(resource).filter(([key, value]) => !key.startsWith('_') && typeof value !== 'function')
  return Object.fromEntries(own)
}

async function unlessGone<T extends string>(outcome: T, act: () => Promise<unknown>): Promise<T | 'gone'> {
  try {
    await act()
    return outcome
  } catch (error) {
    if (error instanceof AriError && error.gone) return 'gone'
    throw error
  }
}
