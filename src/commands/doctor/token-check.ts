import type { TokenStatus } from '../../crm/amocrm/token-source.ts'
import { type Finding, warning } from './finding.ts'

/** Time enough for an administrator on holiday. */
const SOON_MS = 14 * 86_400_000

/** A long-lived token does not renew itself: whoever made it should hear before it ends. OAuth's own do. */
export function tokenFindings({ kind, expiresAt }: TokenStatus, now: number): readonly Finding[] {
  if (kind !== 'long-lived' || expiresAt === undefined || expiresAt - now > SOON_MS) return []
  const day = new Date(expiresAt).toISOString().slice(0, 10)
  const cure = 'make a new one in the integration\'s "Keys and scopes" and set crm.token; no restart is needed'
  return [warning('amoCRM', `the long-lived token ends on ${day}`, cure)]
}
