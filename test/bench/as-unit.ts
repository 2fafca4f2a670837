import { join } from 'node:path'

/** What the unit of install.sh says. */
const UNIT_NODE_OPTIONS = '--max-semi-space-size=4 --max-old-space-size=384'

/**
 * Starts a process with the environment that the service's systemd unit gives it: compiled code is kept in the state directory from the
 * first line on. A child takes this process's environment along, so it is changed for that moment.
 * @param nodeOptions what `NODE_OPTIONS` holds besides the unit's own; empty for an ordinary start
 */
export function asUnit<T>(stateDirectory: string, nodeOptions: string, start: () => T): T {
  const variables = {
    NODE_COMPILE_CACHE: join(stateDirectory, 'compile-cache'),
    NODE_OPTIONS: `${UNIT_NODE_OPTIONS} ${nodeOptions}`.trim(),
    MALLOC_ARENA_MAX: '2',
  }
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, variables)
  try {
    return start()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
