import { normalisePhone } from '../numbers/phone-number.ts'
import { isLive } from './leg.ts'
import type { CallState, Leg } from './state.ts'
import type { World } from './world.ts'

/** Whole-second times may make the moment look this long. */
const PARKING_FOLLOWS_MS = 1500

/** Notes a blind transfer with the call that was sent on. */
export function noteBlindTransfer(
  world: World,
  transferer: Leg,
  transferee: Leg | undefined,
  exten: string,
  at: number,
): void {
  const call = transferee?.home ?? transferer.home
  if (!call || call.over || !transferer.extension) return
  // On a busy machine the lot may be told before the transfer that asked for it (seen on 22.10).
  if (transferee?.bridge?.class === 'parking') return
  call.transfers.push({ kind: 'blind', from: transferer.extension, to: targetName(world, exten), at })
}

/** Notes an attended transfer with the call whose client was handed over. */
export function noteAttendedTransfer(
  world: World,
  transferer: Leg,
  secondLeg: Leg,
  target: Leg | undefined,
  at: number,
): void {
  const call = transferer.home?.over ? secondLeg.home : transferer.home
  if (!call || call.over || !transferer.extension) return
  const known = (target && partyBehind(target)) ?? consulted(call, transferer, secondLeg)
  const dialled = secondLeg === transferer ? '' : secondLeg.exten
  const to = targetName(world, known ? partyName(known, transferer) : dialled)
  call.transfers.push({ kind: 'attended', from: transferer.extension, to, at })
}

/** Parking is no transfer to anybody, though phones ask for it by one. The client is parked within a moment of that. */
export function forgetTransferToParking(parked: Leg, at: number): void {
  const last = parked.home?.transfers.at(-1)
  if (last?.kind === 'blind' && at - last.at <= PARKING_FOLLOWS_MS) parked.home?.transfers.pop()
}

/** CEL of old schemas does not say where a transfer went: whoever is reached next is the one. */
export function completeTransfer(call: CallState, extension: string): void {
  const last = call.transfers.at(-1)
  if (last?.to === '' && last.from !== extension) call.transfers.splice(-1, 1, { ...last, to: extension })
}

function targetName(world: World, exten: string): string {
  return world.directory.personAt(exten)?.extension ?? (normalisePhone(exten, world.country) || exten)
}

/** Whom a channel stands for: itself, or who was dialled at the other end of a Local channel. */
function partyBehind(target: Leg): Leg | undefined {
  if (target.role === 'person' || target.role === 'client') return target
  const half = target.otherHalf
  const there = half?.bridge?.members ?? half?.home?.legs ?? []
  return [...there].find(
    (leg) => leg !== half && (leg.role === 'person' || leg.role === 'client') && (half?.bridge || leg.dialler === half),
  )
}

/** An outside number that answers for the transferer's own extension is told by itself. */
function partyName(leg: Leg, transferer: Leg): string {
  const { role, extension, external = '', number } = leg
  if (role === 'client') return number
  return extension === '' || extension === transferer.extension ? external : extension
}

/** The person reached last besides the transferer: whom the transferer talked to, or whose phone still rings. */
function consulted(call: CallState, transferer: Leg, secondLeg: Leg): Leg | undefined {
  const others = [...call.legs].filter(
    (leg) => leg.role === 'person' && isLive(leg) && partyName(leg, transferer) !== '',
  )
  const dialled = others.filter((leg) => leg.createdAt >= secondLeg.createdAt)
  return (dialled.length > 0 ? dialled : others).toSorted((a, b) => a.createdAt - b.createdAt).at(-1)
}
