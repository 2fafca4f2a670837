import type { LogFn, Logger } from 'pino'
import { type TroubleKind, troubleOf } from './trouble.ts'

/**
 * The log of one part of the house: whatever it warns of is counted by the same call that writes the line, whether or not its level is shown.
 * Children of it count too.
 */
export function countingLog(log: Logger, kind: TroubleKind, count: (kind: TroubleKind) => void): Logger {
  const counting = (method: 'warn' | 'error' | 'fatal'): LogFn => {
    function write(this: Logger, fields: unknown, ...rest: unknown[]): void {
      count(troubleOf(kind, fields))
      Reflect.apply(log[method], this, [fields, ...rest])
    }
    return write
  }
  // Not a child of pino's: that would keep the level it was born with.
  const part: Logger = Object.create(log)
  return Object.assign(part, { warn: counting('warn'), error: counting('error'), fatal: counting('fatal') })
}
