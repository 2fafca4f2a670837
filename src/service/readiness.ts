import type { AsteriskLink } from '../asterisk/asterisk-link.ts'
import type { Config } from '../config/schema.ts'

/** Whether calls are watched and asked about at this moment, and why not. */
export function readiness(
  { mode }: Pick<Config['service'], 'mode'>,
  asterisk: Pick<AsteriskLink, 'status'>,
): { readonly ready: boolean; readonly why: string } {
  if (mode === 'off') return { ready: false, why: 'the mode of the service is off' }
  const { state } = asterisk.status()
  return { ready: state === 'up', why: state === 'up' ? '' : `the link to Asterisk is ${state}` }
}
