import type { Logger } from 'pino'
import type { Settings } from '../store/ports.ts'
import type { Clock } from './clock.ts'
import { tell } from './tell.ts'

export interface Pause {
  /** Epoch milliseconds. */
  readonly untilMs: number
  readonly reason: string
}

export interface AccountPause {
  /** The pause that lasts, if one does. */
  current(): Pause | undefined
  /** The longest one wins. */
  begin(pause: Pause): Promise<void>
  /** Takes up a long pause of the process before. */
  restore(): Promise<void>
  /** Ends it: an administrator has renewed the token. */
  end(): Promise<void>
}

export interface AccountPauseDeps {
  readonly clock: Clock
  readonly settings?: Settings
  readonly longPauseMs: number
  readonly onPause?: (pause: Pause) => void
  readonly log: Pick<Logger, 'error'>
}

const SETTING = 'outbox.pause'
/** No refusal lasts longer; a wrong clock must not silence the outbox for a year. */
const LONGEST_MS = 24 * 3_600_000

/** While it lasts nobody sends: every further request would be refused too and can prolong a block. */
export function createAccountPause({ clock, settings, longPauseMs, onPause, log }: AccountPauseDeps): AccountPause {
  let pause: Pause | undefined

  const remember = async (value: string) => {
    try {
      await settings?.set(SETTING, value)
    } catch (error) {
      log.error({ err: error }, 'the account pause could not be written down; a restart would forget it')
    }
  }
  const current = () => {
    if (pause && clock.now() >= pause.untilMs) pause = undefined
    return pause
  }

  return {
    current,
    async begin({ untilMs, reason }) {
      const until = Math.min(untilMs, clock.now() + LONGEST_MS)
      if (until <= Math.max(clock.now(), current()?.untilMs ?? 0)) return
      const begun = { untilMs: until, reason }
      pause = begun
      tell(() => onPause?.(begun), log)
      if (until - clock.now() >= longPauseMs) await remember(JSON.stringify(begun))
    },
    async restore() {
      const text = await settings?.get(SETTING)
      const stored = text ? parsePause(text) : undefined
      if (!stored) return
      const untilMs = Math.min(stored.untilMs, clock.now() + LONGEST_MS)
      if (untilMs > clock.now()) pause = { untilMs, reason: stored.reason }
    },
    async end() {
      pause = undefined
      await remember('')
    },
  }
}

function parsePause(text: string): Pause | undefined {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || !('untilMs' in value) || !('reason' in value)) return undefined
  const { untilMs, reason } = value
  return typeof untilMs === 'number' && typeof reason === 'string' ? { untilMs, reason } : undefined
}
