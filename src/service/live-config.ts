import type { Config } from '../config/schema.ts'

/** The configuration as it holds at this moment. Whoever must follow it asks each time, or is told. */
export interface LiveConfig {
  current(): Config
  /** What one room is given of it: made anew when the configuration is another one, not for each question. */
  derive<T>(make: (config: Config) => T): () => T
  /** Called after each change, with the new one. */
  onChange(react: (config: Config) => void): void
  replace(config: Config): void
}

export function createLiveConfig(first: Config): LiveConfig {
  let config = first
  const reactions: ((config: Config) => void)[] = []
  return {
    current: () => config,
    derive: (make) => {
      let from = config
      let made = make(from)
      return () => {
        if (from !== config) {
          made = make(config)
          from = config
        }
        return made
      }
    },
    onChange: (react) => void reactions.push(react),
    replace: (next) => {
      config = next
      for (const react of reactions) react(next)
    },
  }
}
