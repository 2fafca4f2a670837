import { homedir } from 'node:os'
import { join } from 'node:path'

/** Outside the checkout, so that several clones on one machine share the root file systems and the slots. */
export function cacheDirectory(): string {
  return process.env['CALLWEAVE_LAB_CACHE'] ?? join(homedir(), '.cache', 'callweave-lab')
}

export function slotsDirectory(): string {
  return join(cacheDirectory(), 'slots')
}
