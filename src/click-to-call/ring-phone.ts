import type { AriCommands } from '../asterisk/ari-commands.ts'
import { AriError } from '../asterisk/ari-error.ts'
import { readEndpoints } from '../asterisk/endpoint-state.ts'
import type { Click } from './click.ts'
import { ClickRefused } from './errors.ts'

export interface RingSettings {
  /** Where the phone's outside calls are dialled. */
  readonly context: string
  /** `{extension}` stands for the person's: `PJSIP/{extension}`. */
  readonly dialString: string
  /** How long the person's phone rings. */
  readonly ringSeconds: number
  /** Shown on the person's phone beside the client's number. */
  readonly callerName: string
}

export interface RingDeps {
  readonly settings: RingSettings
  readonly commands: Pick<AriCommands, 'originate' | 'endpoints' | 'hangup'>
  /** A customer's script. Never rejects. */
  readonly change?: ChangeOriginate | undefined
}

/** How a click becomes a call. */
export interface OriginateProposal {
  readonly endpoint: string
  /** Where the client's number is dialled. */
  readonly context: string
  readonly dialled: string
  readonly callerName: string
  readonly ringSeconds: number
  /** Besides our own. */
  readonly variables: Readonly<Record<string, string>>
}

export type ChangeOriginate = (proposal: OriginateProposal, click: Click) => Promise<OriginateProposal>

/** Ours, in the generated dialplan (`dialplan/callweave-click.conf.tmpl`). */
const CLICK_CONTEXT = 'callweave-click'

/**
 * Rings the person's own phone; when it is picked up, `dialled` is dialled from it. Resolves when Asterisk is dialling the phone.
 * @throws ClickRefused with the reason, as far as Asterisk knows one.
 */
export async function ringPhone(deps: RingDeps, click: Click, dialled: string): Promise<void> {
  const { settings, commands, change } = deps
  const { call, extension, number } = click
  const proposal: OriginateProposal = {
    endpoint: settings.dialString.replaceAll('{extension}', extension),
    context: settings.context,
    dialled,
    callerName: settings.callerName,
    ringSeconds: settings.ringSeconds,
    variables: {},
  }
  const { endpoint, context, callerName, ringSeconds, variables, ...rest } =
    (await change?.(proposal, click)) ?? proposal
  try {
    await commands.originate({
      channelId: call,
      endpoint,
      context: CLICK_CONTEXT,
      extension: rest.dialled,
      display: { name: callerName, number },
      timeoutSeconds: ringSeconds,
      variables: { ...variables, CALLWEAVE_CLICK_CONTEXT: context, CALLWEAVE_CLICK_BY: extension },
    })
  } catch (cause) {
    const status = cause instanceof AriError ? cause.status : undefined
    // A channel of this id is there: an earlier try of the same request got through.
    if (status === 409) return
    throw await refusalOf(commands, { cause, status, call, endpoint })
  }
}

interface Failure {
  readonly cause: unknown
  readonly status: number | undefined
  readonly call: string
  readonly endpoint: string
}

/** Asterisk answers 500 to everything that cannot be requested (reference ari.md 5.2); its list of endpoints tells more. */
async function refusalOf(commands: RingDeps['commands'], failure: Failure): Promise<ClickRefused> {
  const { cause, status, call, endpoint } = failure
  if (status === undefined || status === 503) {
    // Nobody knows whether it got through: what it may have begun must not ring a client later.
    await commands.hangup(call).catch(() => undefined)
    return new ClickRefused('asterisk-unreachable', { cause })
  }
  if (status !== 500) return new ClickRefused('asterisk-refused', { cause })
  const state = readEndpoints(await commands.endpoints().catch(() => [])).stateOf(endpoint)
  return new ClickRefused(state === 'online' ? 'asterisk-refused' : 'phone-not-registered', { cause })
}
