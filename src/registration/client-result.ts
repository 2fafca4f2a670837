import { z } from 'zod'
import type { CrmClient } from '../crm/port.ts'

const KnownClient = z.object({
  kind: z.enum(['contact', 'company']),
  id: z.number(),
  /** CRM user who owns the client; 0 when unknown. */
  owner: z.number(),
  /** How it was found; kept for people who ask why a call stands where it stands. */
  how: z.enum(['index', 'look-up', 'created', 'proven', 'incoming']),
  /** Uid of the incoming lead in which this contact waits for somebody to accept it. */
  incoming: z.string().optional(),
})
export type KnownClient = z.infer<typeof KnownClient>

/** The call stands in an incoming lead, which told the CRM all there is to tell of it. */
const InUnsorted = z.object({ kind: z.literal('unsorted'), lead: z.number() })

/** An unknown number, and the setting says that nobody is made for it. */
const Nobody = z.object({ kind: z.literal('nobody') })

/**
 * Result of the job that finds a call's client: what its task and note build on. Which of the three it is can only be known when the
 * job is sent, so the list of jobs is the same for all, and those that have nothing left to do end as done.
 */
export const ClientResult = z.discriminatedUnion('kind', [KnownClient, InUnsorted, Nobody])
export type ClientResult = z.infer<typeof ClientResult>

export function knownClient(
  { kind, id, owner }: Pick<CrmClient, 'kind' | 'id' | 'owner'>,
  how: KnownClient['how'],
): KnownClient {
  return { kind, id, owner, how }
}
