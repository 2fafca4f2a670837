import { z } from 'zod'
import type { OwnedEntity } from '../plan/choose-entity.ts'

const Client = z.object({ kind: z.enum(['contact', 'company']), id: z.number(), owner: z.number() })
const Decision = z.object({
  at: z.number(),
  about: z.string(),
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

/** What was decided once for all jobs of the call. */
const Common = z.object({
  /** The CRM had the number before the call. */
  known: z.boolean().default(true),
  draw: z.object({ turn: z.number(), random: z.number() }).optional(),
  decisions: z.array(Decision).default([]),
})

const KnownClient = Common.extend({
  ...Client.shape,
  /** How it was found; kept for people who ask why a call stands where it stands. */
  how: z.enum(['index', 'look-up', 'created', 'proven', 'incoming', 'clicked', 'hidden']),
  /** Uid of the incoming lead in which this contact waits for somebody to accept it. */
  incoming: z.string().optional(),
  /** Everybody who has the number, this one among them. */
  clients: z.array(Client).default([]),
})
export type KnownClient = z.infer<typeof KnownClient>

/** The call stands in an incoming lead, which told the CRM all there is to tell of it. */
const InUnsorted = Common.extend({ kind: z.literal('unsorted'), lead: z.number() })

/** An unknown number, and the rule says that nobody is made for it. */
const Nobody = Common.extend({ kind: z.literal('nobody') })

/**
 * Result of the job that finds a call's client: what the other jobs build on. Which of the three it is can only be known when the
 * job is sent, so the list of jobs is the same for all, and those that have nothing left to do end as done.
 */
export const ClientResult = z.discriminatedUnion('kind', [KnownClient, InUnsorted, Nobody])
export type ClientResult = z.infer<typeof ClientResult>

/** What a search or creation settles; the rest is added to all alike. */
export type FoundClient =
  | (Pick<KnownClient, 'kind' | 'id' | 'owner' | 'how'> & Partial<Pick<KnownClient, 'incoming' | 'clients'>>)
  | Pick<z.infer<typeof InUnsorted>, 'kind' | 'lead'>
  | Pick<z.infer<typeof Nobody>, 'kind'>

/** @param clients everybody who has the number. */
export function knownClient(
  { kind, id, owner }: { readonly kind: 'contact' | 'company'; readonly id: number; readonly owner: number },
  how: KnownClient['how'],
  clients: readonly { readonly kind: 'contact' | 'company'; readonly id: number; readonly owner: number }[] = [],
): FoundClient {
  const others = clients.map((each) => ({ kind: each.kind, id: each.id, owner: each.owner }))
  return { kind, id, owner, how, clients: others.length > 0 ? others : [{ kind, id, owner }] }
}

export function clientsOf({
  clients,
  kind,
  id,
  owner,
}: KnownClient): readonly (OwnedEntity & { readonly kind: 'contact' | 'company' })[] {
  return clients.length > 0 ? clients : [{ kind, id, owner }]
}
