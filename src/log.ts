import { type DestinationStream, type Logger, pino } from 'pino'

/** A log and those made of it, which keep levels of their own. */
const families = new WeakMap<Logger, Set<Logger>>()

/** The house's log: one JSON object a line, on standard output. Secrets are `Secret`s and print as dots; these paths are a second net. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const family = new Set<Logger>()
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['*.password', '*.token', '*.authorization', 'password', 'token', 'authorization'],
      censor: '•••',
    },
    onChild: (child: Logger) => void family.add(child),
  }
  const log = destination ? pino(options, destination) : pino(options)
  families.set(log, family.add(log))
  return log
}

/** From now on that much is logged, by all that were made of `log` too. */
export function setLogLevel(log: Logger, level: string): void {
  for (const one of families.get(log) ?? [log]) one.level = level
}
