import { differingKeys } from './differing-keys.ts'
import type { Config } from './schema.ts'

/** What a changed file means for a service that runs. */
export interface FollowedChange {
  /** What holds from now on: the new file where that can be, what the service was started with elsewhere. */
  readonly config: Config
  /** Keys that hold at once. */
  readonly applied: readonly string[]
  /** Keys that differ from what the service was started with and wait for its next start. */
  readonly waiting: readonly string[]
  /** The generated dialplan is made of something that has changed. */
  readonly dialplan: boolean
}

/** Taken from the file by those who need them, when they need them. */
const READ_ELSEWHERE: ReadonlySet<string> = new Set(['crm.token', 'crm.oauth'])

/**
 * Merges a file read anew into what holds. Pure.
 * @param started what the service was started with
 * @param current what has held until now
 * @param file what the file says now
 */
export function followChange(started: Config, current: Config, file: Config): FollowedChange {
  const config = followed(started, file)
  return {
    config,
    applied: differingKeys(current, config),
    waiting: differingKeys(file, config).filter((key) => !READ_ELSEWHERE.has(key)),
    dialplan: JSON.stringify(rendered(config)) !== JSON.stringify(rendered(current)),
  }
}

function followed(
  started: Config,
  { service: { log }, staff, lines, hours, rules, clickToCall, hooks, webserver }: Config,
): Config {
  const { noteSource, ignore } = started.rules
  const { dailyCap, dailyCapTotal } = started.clickToCall
  const { administrators, statusToken } = webserver
  return {
    ...started,
    service: { ...started.service, log },
    webserver: { ...started.webserver, administrators, statusToken },
    staff,
    lines,
    hours,
    rules: { ...rules, noteSource, ignore: { ...rules.ignore, files: ignore.files } },
    clickToCall: { ...clickToCall, dailyCap, dailyCapTotal },
    hooks: { ...hooks, enabled: started.hooks.enabled, directory: started.hooks.directory },
  }
}

/** What of the lines stands in the generated dialplan. */
function rendered({ lines }: Config): unknown {
  return lines.map(({ did, decisionSeconds, recording, routing: { on, whenUnanswered } }) => [
    did,
    ...[decisionSeconds ?? null, recording, on ? (whenUnanswered ?? null) : null],
  ])
}
