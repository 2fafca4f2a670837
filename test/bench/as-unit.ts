import { join } from 'node:path'

/**
 * Starts a process with the environment that the service's systemd unit gives it: compiled code is kept in the state directory from the
 * first line on. A child takes this process's environment along, so it is changed for that moment.
 * @param nodeOptions what `NODE_OPTIONS` holds; empty for an ordinary start
 */
export function asUnit<T>(stateDirectory: string, nodeOptions: string, start: () => T): T {
  const variables = { NODE_COMPILE_CACHE: join(stateDirectory, 'compile-cache'), NODE_OPTIONS: nodeOptions }
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
