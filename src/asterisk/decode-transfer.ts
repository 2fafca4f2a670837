import type { CallEvent } from '../calls/call-event.ts'
import { decodeChannel, textOf } from './decode-channel.ts'

type Json = Readonly<Record<string, unknown>>

/** A blind transfer that succeeded, by feature code, REFER or command. */
export function decodeBlindTransfer(message: Json, at: number): CallEvent | undefined {
  const transferer = decodeChannel(message['channel'])
  if (!transferer || message['result'] !== 'Success') return undefined
  const transferee = decodeChannel(message['transferee'])
  return {
    kind: 'blind-transfer',
    at,
    transferer,
    exten: textOf(message['exten']),
    ...(transferee && { transferee }),
  }
}

/** An attended or blonde transfer that succeeded; the channels have moved already when it is told. */
export function decodeAttendedTransfer(message: Json, at: number): CallEvent | undefined {
  const firstLeg = decodeChannel(message['transferer_first_leg'])
  if (!firstLeg || message['result'] !== 'Success') return undefined
  const secondLeg = decodeChannel(message['transferer_second_leg']) ?? firstLeg
  const transferee = decodeChannel(message['transferee'])
  const target = decodeChannel(message['transfer_target'])
  return {
    kind: 'attended-transfer',
    at,
    firstLeg,
    secondLeg,
    ...(transferee && { transferee }),
    ...(target && { target }),
  }
}
