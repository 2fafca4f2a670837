import { setTimeout as sleep } from 'node:timers/promises'
import type { CallEvent } from '../calls/call-event.ts'
import type { AsteriskIdentity } from './ari-client.ts'
import type { AriCommands } from './ari-commands.ts'
import { type AriMessage, readAriMessage } from './ari-message.ts'
import type { AriSocket } from './ari-socket.ts'
import { readAsteriskClock } from './asterisk-clock.ts'
import { decodeSnapshot } from './decode-snapshot.ts'
import { decodeTime } from './decode-time.ts'
import { unreadEvents } from './event-filter.ts'
import { createInbox } from './inbox.ts'
import type { LinkStatus } from './link-status.ts'
import type { Log } from './log.ts'
import type { AsteriskMessage } from './message.ts'
import { orphansAmong } from './orphans.ts'
import type { RestartWatch } from './restart-watch.ts'

/** Another process opened the stream of our application; ours is deaf from here on. */
export class ApplicationReplaced extends Error {
  override name = 'ApplicationReplaced'
  constructor(application: string) {
    super(
      `another program uses the application "${application}" of this Asterisk: stop it (a second Callweave, perhaps on another machine), or give one of the two another name in asterisk.ari.application and install the dialplan anew`,
    )
  }
}

export interface SessionTiming {
  /** Longest wait for our own clock event. Questions wait for it, so it must be a small part of a deadline. */
  readonly clockMs: number
  /** A `StasisStart` may arrive after the channel list that already shows its channel. */
  readonly orphanGraceMs: number
  /** Between two readings of Asterisk's clock: either machine's may be set while the link stands. */
  readonly clockEveryMs: number
}

export interface SessionDeps {
  readonly application: string
  readonly commands: AriCommands
  readonly status: LinkStatus
  readonly restarts: RestartWatch
  readonly log: Log
  readonly now: () => number
  readonly timing: SessionTiming
}

/** How much of a malformed message the log gets. */
const LOGGED_CHARACTERS = 500

/**
 * One life of the link, from the open socket to its end: filter, clock, subscription, snapshot, then the stream. Events that
 * arrive while the snapshot is fetched follow it; what they repeat or precede is the interpreter's to bear. Questions wait
 * for the clock only.
 * @throws ApplicationReplaced, or AriError when the link broke or could not be set up.
 */
export async function* linkSession(
  socket: AriSocket,
  identity: AsteriskIdentity,
  deps: SessionDeps,
): AsyncGenerator<AsteriskMessage, never> {
  const { commands, status, restarts, now, timing } = deps
  const out = createInbox<AsteriskMessage>()
  const readClock = () => readAsteriskClock((name) => commands.userEvent(name), now, timing.clockMs)
  const over = new AbortController()
  let clock = readClock()
  /** Who asked since the stream is open; only the look for orphans wants to know. */
  let asked: Set<string> | undefined = new Set()
  let early: AsteriskMessage[] | undefined = []
  let sinceSubscription: CallEvent[] | undefined = []

  function take(message: AriMessage & { kind: 'event' }): readonly CallEvent[] {
    clock.see(message.raw)
    if (message.question) {
      asked?.add(message.question.channelId)
      status.asked()
      const question = { kind: 'question', question: message.question } as const
      if (early) early.push(question)
      else out.put(question)
    }
    return message.events
  }

  async function listen(): Promise<never> {
    for (;;) {
      const messages = understood(await socket.read(), deps)
      const events = messages.flatMap(take)
      if (sinceSubscription) sinceSubscription = sinceSubscription.concat(events)
      else if (events.length > 0) out.put({ kind: 'call-events', events })
    }
  }

  async function prepare(): Promise<void> {
    // The filter first: the flood never starts.
    await commands.eventFilter(unreadEvents)
    await commands.applicationSubscribe('channel:,bridge:')
    const clockSkewMs = (await clock.skewMs) ?? identity.roughClockSkewMs
    status.up(identity.version, clockSkewMs, decodeTime(identity.startedAt))
    out.put({ kind: 'up', clockSkewMs, version: identity.version })
    for (const question of early ?? []) out.put(question)
    early = undefined
    // Told as of before it was asked for: whatever changes meanwhile is in the events that follow.
    const at = Math.round(now() + clockSkewMs)
    const [channels, bridges] = await Promise.all([commands.channels(), commands.bridges()])
    const snapshot = [...restarts.beforeSnapshot(identity.startedAt), ...decodeSnapshot({ channels, bridges, at })]
    const events = [...snapshot, ...(sinceSubscription ?? [])]
    sinceSubscription = undefined
    if (events.length > 0) out.put({ kind: 'call-events', events })
    await sleep(timing.orphanGraceMs)
    await freeOrphans(orphansAmong(channels, deps.application, asked ?? new Set()), deps)
    asked = undefined
  }

  async function keepTime(): Promise<void> {
    while (!over.signal.aborted) {
      await sleep(timing.clockEveryMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined)
      if (over.signal.aborted) return
      clock = readClock()
      const clockSkewMs = await clock.skewMs
      if (clockSkewMs !== undefined) status.clock(clockSkewMs)
    }
  }

  listen().catch(out.end)
  prepare().then(keepTime).catch(out.end)
  try {
    for (;;) yield* await out.read()
  } finally {
    over.abort()
  }
}

function understood(texts: readonly string[], { application, status, log }: SessionDeps) {
  return texts.flatMap((text) => {
    const message = readAriMessage(text, application)
    if (message.kind === 'replaced') throw new ApplicationReplaced(application)
    if (message.kind === 'event') {
      status.heard()
      return [message]
    }
    status.dropped()
    log.warn({ reason: message.reason, text: text.slice(0, LOGGED_CHARACTERS) }, 'ARI message left out')
    return []
  })
}

async function freeOrphans(orphans: readonly string[], { commands, status, log }: SessionDeps): Promise<void> {
  for (const channelId of orphans) {
    try {
      await commands.continueChannel(channelId)
      status.freed()
      log.warn({ channelId }, 'channel of a process that is gone goes on in the dialplan')
    } catch (error) {
      // Asterisk's own guard frees it at its deadline.
      log.warn({ channelId, error: String(error) }, 'channel of a process that is gone could not be freed')
    }
  }
}
