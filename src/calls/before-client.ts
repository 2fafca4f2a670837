import { sayPerson } from './say.ts'
import type { CallState } from './state.ts'
import type { World } from './world.ts'

/** A call gets its client: what colleagues said to each other before is no conversation. */
export function forgetTalkAmongColleagues(world: World, call: CallState, at: number): void {
  if (call.talks.size === 0) return
  call.talkedBefore = [...call.talks.values()].some((intervals) => intervals.some(({ start }) => start < at))
  for (const extension of [...call.talking]) {
    call.talking.delete(extension)
    call.leaving.delete(extension)
    sayPerson(world, call, 'conversation-ended', extension, at)
  }
  call.talks.clear()
  // Whoever was held until now is a colleague.
  for (const leg of call.legs) leg.holds = []
}
