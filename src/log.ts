import { type DestinationStream, type Logger, pino } from 'pino'

/** The house's log: one JSON object a line, on standard output. Secrets are `Secret`s and print as dots; these paths are a second net. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['*.password', '*.token', '*.authorization', 'password', 'token', 'authorization'],
      censor: '•••',
    },
  }
  return destination ? pino(options, destination) : pino(options)
}
