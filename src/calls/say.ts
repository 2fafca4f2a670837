import type { Phase } from './call.ts'
import { describeCall } from './describe-call.ts'
import type { CallState } from './state.ts'
import type { World } from './world.ts'

type PersonPhase = Exclude<Extract<Phase, { readonly extension: string }>['kind'], 'ringing-ended'>

/** The call exists for the rest of the house. Said again when a call that began without a client gets one (click-to-call). */
export function sayArrived(world: World, call: CallState, at: number): void {
  const wanted = call.clients.length > 0 ? 'with client' : 'without client'
  if (call.noise || call.arrivedSaid === wanted || call.arrivedSaid === 'with client') return
  call.arrivedSaid = wanted
  world.phases.push({ kind: 'arrived', at, call: describeCall(world, call, at) })
}

/** Who was told that the call arrived is told that it opted out. */
export function saySkipped(world: World, call: CallState, at: number): void {
  if (call.arrivedSaid === 'no') return
  world.phases.push({ kind: 'skipped', at, call: describeCall(world, call, at) })
}

/** Something happened to a person of the call. */
export function sayPerson(world: World, call: CallState, kind: PersonPhase, extension: string, at: number): void {
  // Nobody in the house waits for news of an outside phone that answers for nobody known.
  if (call.noise || extension === '') return
  sayArrived(world, call, at)
  world.phases.push({ kind, at, call: describeCall(world, call, at), extension })
}

/** @param elsewhere the phone was hung up because another one was answered. */
export function sayRingingEnded(
  world: World,
  state: CallState,
  extension: string,
  at: number,
  elsewhere: boolean,
): void {
  if (state.noise) return
  sayArrived(world, state, at)
  const call = describeCall(world, state, at)
  world.phases.push({ kind: 'ringing-ended', at, call, extension, elsewhere: elsewhere || call.answered })
}

export function sayAbsorbed(world: World, call: CallState, into: CallState, at: number): void {
  if (call.arrivedSaid === 'no') return
  world.phases.push({ kind: 'absorbed', at, call: describeCall(world, call, at), into: into.id })
}

export function sayEnded(world: World, call: CallState, at: number): void {
  if (call.noise) return
  world.phases.push({ kind: 'ended', at, call: describeCall(world, call, at) })
}
