import { setTimeout as sleep } from 'node:timers/promises'
import type { AriAddress } from './ari-address.ts'
import { createAriConnection } from './ari-client.ts'
import { type AriCommands, createAriCommands } from './ari-commands.ts'
import { AriError } from './ari-error.ts'
import { openAriSocket, type SocketTiming, socketTiming } from './ari-socket.ts'
import { ApplicationReplaced, linkSession, type SessionTiming } from './link-session.ts'
import { type AsteriskStatus, createLinkStatus } from './link-status.ts'
import type { Log } from './log.ts'
import type { AsteriskMessage } from './message.ts'
import { attemptAfter, type LinkFailure, reconnectDelay } from './reconnection.ts'
import { createRestartWatch } from './restart-watch.ts'
import { nextRest, type StandByTiming, standBy, standByTiming } from './stand-by.ts'

/** One Asterisk: what it tells, what it can be told, and how the link to it is. */
export interface AsteriskLink extends Disposable {
  /**
   * Connects, and reconnects for ever until `signal` is aborted; then it ends without an error. One consumer. Never throws:
   * what goes wrong is a `down` message and a line in the log.
   */
  messages(signal: AbortSignal): AsyncGenerator<AsteriskMessage, void, undefined>
  readonly commands: AriCommands
  status(): AsteriskStatus
  /** Asterisk's time, epoch milliseconds, by the last measured skew. */
  now(): number
}

export interface AsteriskDeps {
  readonly ari: AriAddress
  readonly log: Log
  /** In [0, 1). */
  readonly random?: () => number
  readonly now?: () => number
  readonly timing?: Partial<LinkTiming>
}

export interface LinkTiming extends SocketTiming, SessionTiming, StandByTiming {
  /** Multiplies the waits between tries; below 1 only in tests. */
  readonly patience: number
}

const usualTiming: LinkTiming = {
  ...socketTiming,
  ...standByTiming,
  clockMs: 300,
  clockEveryMs: 60_000,
  orphanGraceMs: 250,
  patience: 1,
}

/** Nothing is connected until `messages` is read; commands reject with `AriError` while there is no link. */
export function createAsterisk({
  ari,
  log,
  random = Math.random,
  now = Date.now,
  timing: own,
}: AsteriskDeps): AsteriskLink {
  const timing = { ...usualTiming, ...own }
  const connection = createAriConnection(ari, now)
  const commands = createAriCommands(ari.application, connection.call)
  const status = createLinkStatus(now)
  const restarts = createRestartWatch()

  async function* oneLife(signal: AbortSignal): AsyncGenerator<AsteriskMessage, never> {
    const identity = await connection.connect()
    using socket = await openAriSocket(ari, timing, signal, now)
    log.info({ url: ari.url, version: identity.version }, 'event stream open')
    const deps = { application: ari.application, commands, status, restarts, log, now, timing }
    try {
      return yield* linkSession(socket, identity, deps)
    } finally {
      restarts.lived(identity.startedAt, Math.round(socket.aliveAt() + status.read().clockSkewMs))
    }
  }

  async function* messages(signal: AbortSignal): AsyncGenerator<AsteriskMessage, void, undefined> {
    let rest: number | undefined
    for (let attempt = 0; !signal.aborted; ) {
      const began = now()
      const { failure, reason } = yield* lived(oneLife(signal))
      if (signal.aborted) return
      if (failure === 'replaced') {
        rest = nextRest(rest, now() - began, timing)
        status.fell('standing-by', reason)
        log.error({ application: ari.application, reason, restMs: rest }, 'another process has taken over; standing by')
        yield { kind: 'replaced' }
        const why = await standBy(commands, { ...timing, longestMs: rest }, signal).catch(() => 'aborted')
        log.warn({ why }, 'standing by is over')
        attempt = 0
        continue
      }
      if (status.fell('down', reason)) yield { kind: 'down', reason }
      attempt = attemptAfter(now() - began, attempt)
      const waitMs = reconnectDelay(failure, attempt, random()) * timing.patience
      log[failure === 'refused' ? 'error' : 'warn']({ failure, reason, attempt, waitMs }, 'no link to Asterisk')
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    messages,
    commands,
    status: status.read,
    now: () => Math.round(now() + status.read().clockSkewMs),
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  }
}

/** Passes on what one life of the link tells, and says how it ended. */
async function* lived(
  life: AsyncGenerator<AsteriskMessage, never>,
): AsyncGenerator<AsteriskMessage, { readonly failure: LinkFailure; readonly reason: string }> {
  try {
    return yield* life
  } catch (error) {
    return { failure: failureOf(error), reason: error instanceof Error ? error.message : String(error) }
  }
}

function failureOf(error: unknown): LinkFailure {
  if (error instanceof ApplicationReplaced) return 'replaced'
  if (!(error instanceof AriError)) return 'lost'
  if (error.refused) return 'refused'
  return error.loading ? 'loading' : 'lost'
}
