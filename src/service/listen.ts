import type { Logger } from 'pino'
import type { AsteriskLink } from '../asterisk/asterisk-link.ts'
import type { ClickToCall } from '../click-to-call/click-to-call.ts'
import type { CallPump } from '../live/call-pump.ts'
import type { RoutingSide } from './routing-side.ts'
import type { WatchingSide } from './watching-side.ts'
import type { WitnessSide } from './witness-side.ts'

export interface Listeners {
  readonly asterisk: AsteriskLink
  readonly pump: Pick<CallPump, 'take'>
  readonly desk: Pick<RoutingSide, 'take' | 'look'>
  readonly clicks: Pick<ClickToCall, 'hear'>
  readonly witness: Pick<WitnessSide, 'lost' | 'restored'>
  readonly watching: Pick<WatchingSide, 'hear' | 'questionHeard'>
  readonly log: Logger
}

/** Hands what Asterisk tells to whoever it concerns, until `signal` is aborted. A caller's question never waits for anything else. */
export async function listen(
  { asterisk, pump, desk, clicks, witness, watching, log }: Listeners,
  signal: AbortSignal,
): Promise<void> {
  for await (const message of asterisk.messages(signal)) {
    switch (message.kind) {
      case 'question':
        watching.questionHeard(message.question.linkedid)
        void desk.take(message.question)
        break
      case 'call-events':
        pump.take(message.events)
        clicks.hear(message.events)
        watching.hear(message.events)
        if (message.events.some(({ kind }) => kind === 'snapshot')) witness.restored()
        break
      case 'up':
        void desk.look()
        log.info({ version: message.version, clockSkewMs: message.clockSkewMs }, 'Asterisk is connected')
        break
      case 'down':
        witness.lost()
        log.warn({ reason: message.reason }, 'Asterisk is not connected; calls take the default route')
        break
      case 'replaced':
        witness.lost()
        break
      default:
        message satisfies never
    }
  }
}
