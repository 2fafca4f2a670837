import type { Logger } from 'pino'
import type { AriCommands } from '../asterisk/ari-commands.ts'
import type { Phase } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { Click, ClickState } from './click.ts'
import { createClickBook } from './click-book.ts'
import { callIdOf } from './click-ids.ts'
import { type DialOutRule, dialOut } from './dial-out.ts'
import { type DialRules, dialable } from './dialable.ts'
import { ClickRefused } from './errors.ts'
import { outcomeOf } from './outcome.ts'
import { type ChangeOriginate, type RingSettings, ringPhone } from './ring-phone.ts'
import type { ClickRequest } from './schema.ts'
import type { TallyKeeper } from './tally-keeper.ts'
import { createWithdrawn } from './withdrawn.ts'

export interface ClickSettings extends RingSettings {
  readonly rules: DialRules
  readonly dialOut: readonly DialOutRule[]
  /** Whether the service and this person are `on`. */
  readonly isOn: (extension: string) => boolean
}

export interface ClickToCallDeps {
  readonly settings: ClickSettings
  readonly commands: Pick<AriCommands, 'originate' | 'endpoints' | 'hangup'>
  readonly tally: TallyKeeper
  /** What a call was folded from; asked for when it has ended. */
  readonly eventsOf: (callId: string) => readonly CallEvent[]
  /** The click has come further; for the person's browsers. */
  readonly tell: (click: Click) => void
  readonly change?: ChangeOriginate
  /** For clicks that bring no id of their own. */
  readonly newId: () => string
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: Logger
}

/** Calls on a person's behalf: their own phone rings first, then the client's. */
export interface ClickToCall {
  /** Resolves once the person's phone is being dialled. @throws ClickRefused */
  start(extension: string, request: ClickRequest): Promise<Click>
  /** Only a person's own clicks are found. */
  find(extension: string, call: string): Click | undefined
  /** Follows the calls that clicks became. Never throws. */
  react(phase: Phase): void
  /** Hears at once that a phone is free again; the interpreter takes two seconds to be sure of a call's end. */
  hear(events: readonly CallEvent[]): void
}

/** Within this time a second click on the same number is a shaking finger. */
const DOUBLE_CLICK_MS = 5_000

export function createClickToCall(deps: ClickToCallDeps): ClickToCall {
  const { settings, commands, tally, eventsOf, tell, newId, now, log } = deps
  const book = createClickBook(now)
  /** Clicks whose originate has not been answered yet: whoever clicks again gets the same answer. */
  const starting = new Map<string, Promise<Click>>()

  /** Refused clicks that Asterisk may yet carry out, when it wakes up. */
  const withdrawn = createWithdrawn(now)

  const withdraw = (channel: string): void => {
    if (!withdrawn.take(channel)) return
    log.warn({ call: channel }, 'Asterisk rings a phone too late; taken back')
    commands.hangup(channel).catch((error) => log.error({ call: channel, error: String(error) }, 'a late ring goes on'))
  }

  const advance = (call: string, state: ClickState, why?: Pick<Click, 'reason' | 'cause'>): void => {
    const click = book.advance(call, state, why)
    if (!click) return
    const { extension, number, reason, cause } = click
    log.info({ call, extension, number, state, reason, cause }, 'click went on')
    tell(click)
  }

  const numberFor = (extension: string, phone: string): { readonly number: string; readonly dialled: string } => {
    const found = dialable(phone, extension, settings.rules)
    if (found.kind === 'refused') throw new ClickRefused(found.why)
    if (found.kind === 'colleague') return { number: found.extension, dialled: found.extension }
    const dialled = dialOut(found.number, settings.dialOut)
    if (dialled === undefined) throw new ClickRefused('dial-out-rule')
    return { number: found.number, dialled }
  }

  /** The click this one repeats. @throws ClickRefused when another one stands in its way. */
  const repeated = (extension: string, call: string, number: string): Click | undefined => {
    const same = book.find(call)
    if (same) return same
    const running = book.running(extension)
    if (running) {
      if (running.number === number && now() - running.startedAt < DOUBLE_CLICK_MS) return running
      throw new ClickRefused('already-calling', { call: running.call })
    }
    if (tally.madeBefore(call)) throw new ClickRefused('already-made', { call })
    return undefined
  }

  const carryOut = async (click: Click, dialled: string): Promise<Click> => {
    const { call, extension } = click
    const taken = await tally.take(extension, call)
    if (taken !== 'taken') throw new ClickRefused(taken)
    try {
      await ringPhone({ settings, commands, change: deps.change }, click, dialled)
    } catch (error) {
      await tally.giveBack(extension, call)
      throw error
    }
    advance(call, 'ringing-you')
    return book.find(call) ?? click
  }

  const begin = async (click: Click, dialled: string): Promise<Click> => {
    book.begin(click)
    // Asked for again: what rings from here on is wanted.
    const late = withdrawn.take(click.call)
    const attempt = carryOut(click, dialled)
    starting.set(click.call, attempt)
    try {
      return await attempt
    } catch (error) {
      const code = error instanceof ClickRefused ? error.code : undefined
      log.warn({ call: click.call, extension: click.extension, code, error: String(error) }, 'click not carried out')
      book.forget(click.call)
      if (late || code === 'asterisk-unreachable') withdrawn.add(click.call)
      throw error
    } finally {
      starting.delete(click.call)
    }
  }

  return {
    start: async (extension, { phone, requestId, entity, lang = 'ru' }) => {
      if (!settings.isOn(extension)) throw new ClickRefused('not-on')
      const { number, dialled } = numberFor(extension, phone)
      const call = callIdOf(extension, requestId ?? newId())
      const before = repeated(extension, call, number)
      if (before) return (await starting.get(before.call)) ?? before
      return begin({ call, extension, number, requestId, entity, lang, startedAt: now(), state: 'starting' }, dialled)
    },
    find: (extension, call) => {
      const click = book.find(call)
      return click?.extension === extension ? click : undefined
    },
    react: (phase) => {
      const click = book.ofCall([phase.call.id, ...phase.call.linkedids])
      if (!click) return
      if (phase.kind === 'ended') {
        const { state, ...why } = outcomeOf(phase.call, eventsOf(phase.call.id), click.call)
        advance(click.call, state, why)
        book.release(click.call)
        return
      }
      const state = stateIn(phase, click)
      if (state) advance(click.call, state)
    },
    hear: (events) => {
      for (const event of events) {
        if ('channel' in event) book.seen(event.channel.id)
        if (event.kind === 'channel-gone') book.release(event.channel.id)
        if (event.kind === 'channel-created') withdraw(event.channel.id)
        if (event.kind === 'snapshot') {
          const there = new Set(event.channels.map(({ id }) => id))
          book.compare(there)
          for (const id of there) withdraw(id)
        }
      }
    },
  }
}

function stateIn(phase: Phase, click: Click): ClickState | undefined {
  switch (phase.kind) {
    case 'arrived':
      return phase.call.direction === 'out' ? 'calling-client' : undefined
    case 'ringing':
      return phase.extension === click.extension ? 'ringing-you' : 'calling-client'
    case 'conversation-started':
      return 'answered'
    default:
      return undefined
  }
}
