import type { Logger } from 'pino'
import { followChange } from '../config/follow-change.ts'
import { ConfigError } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { watchContent } from '../config/watch.ts'

export interface ConfigFollowerDeps {
  readonly file: string
  /** Reads and checks the file. @throws ConfigError */
  readonly reread: () => Config
  readonly started: Config
  /** What holds from now on. */
  readonly apply: (config: Config) => void
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Milliseconds between two looks at the file. */
  readonly lookMs?: number | undefined
}

export interface ConfigStatus {
  readonly file: string
  /** When the file was taken over last; the start, at first. */
  readonly takenAt: number
  /** Why the file as it stands now cannot be used; what was known before it holds. */
  readonly trouble: string | undefined
  /** Keys that differ from what the service was started with and wait for its next start. */
  readonly needRestart: readonly string[]
  /** `callweave dialplan --install` has something new to write. */
  readonly needDialplan: boolean
}

/** Follows the configuration's file while the service runs: what can change at once does, the rest is told. */
export interface ConfigFollower extends Disposable {
  status(): ConfigStatus
}

export function followConfig(deps: ConfigFollowerDeps): ConfigFollower {
  const { file, reread, started, apply, now, log, lookMs } = deps
  let current = started
  let status: ConfigStatus = { file, takenAt: now(), trouble: undefined, needRestart: [], needDialplan: false }

  const look = (): void => {
    try {
      const { config, applied, waiting, dialplan } = followChange(started, current, reread())
      current = config
      const needDialplan = status.needDialplan || dialplan
      status = { file, takenAt: now(), trouble: undefined, needRestart: waiting, needDialplan }
      log.info({ applied, needRestart: waiting, needDialplan }, 'the configuration was read again')
      if (applied.length > 0) apply(config)
    } catch (error) {
      const trouble = error instanceof ConfigError ? error.message : String(error)
      status = { ...status, trouble }
      log.error({ trouble }, 'the changed configuration cannot be used; the old one holds')
    }
  }
  const watch = watchContent(file, look, lookMs)
  return { status: () => status, [Symbol.dispose]: () => watch[Symbol.dispose]() }
}
