import type { Settings } from '../store/ports.ts'

const SETTING = 'first-start'

/**
 * The second of the first start on this state, epoch milliseconds: calls that began before it were nobody's business here
 * and do not register themselves (design section 5). Kept for ever.
 */
export async function firstStart(settings: Settings, now: number): Promise<number> {
  const known = Number(await settings.get(SETTING))
  if (known > 0) return known
  // CEL may keep whole seconds only: a call that began just after the start must not seem to have begun just before.
  const second = Math.floor(now / 1000) * 1000
  await settings.set(SETTING, String(second))
  return second
}
