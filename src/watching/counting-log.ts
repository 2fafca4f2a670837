import type { LogFn, Logger } from 'pino'
import { type TroubleKind, troubleOf } from './trouble.ts'

/**
 * The log of one part of the house: whatever it warns of is counted by the same call that writes the line, whether or not its level is shown.
 * Children of it count too.
 */
export function countingLog(log: Logger, part: TroubleKind, count: (kind: TroubleKind) => void): Logger {
  const counting = (method: 'warn' | 'error' | 'fatal'): LogFn => {
    function write(this: Logger, fields: unknown, ...rest: unknown[]): void {
      count(troubleOf(part, fields))
      Reflect.apply(log[method], this, [fields, ...rest])
    }
    return write
  }
  return Object.assign(log.child({}), { warn: counting('warn'), error: counting('error'), fatal: counting('fatal') })
}
