import { z } from 'zod'

/** What somebody wants to have read again. */
export const ReadCallRequest = z.object({
  asked: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ids'), ids: z.array(z.string()).readonly() }),
    /** Epoch milliseconds; without `to`: until the moment of asking. */
    z.object({ kind: z.literal('period'), from: z.number(), to: z.number().optional() }),
  ]),
  /** Says what it would do, changes nothing. */
  dry: z.boolean(),
  /** `quiet`: old calls get a note and the contact it needs. `all`: they do what fresh ones do. */
  effects: z.enum(['quiet', 'all']),
  /** Reads the notes back from the CRM; without it the outbox is believed. */
  compare: z.boolean(),
})
export type ReadCallRequest = Readonly<z.infer<typeof ReadCallRequest>>

/** Who asks for the same while it is being done joins in. */
export function keyOf({ asked, dry, effects, compare }: ReadCallRequest): string {
  const what = asked.kind === 'ids' ? asked.ids.toSorted() : [asked.from, asked.to ?? null]
  return JSON.stringify([asked.kind, what, dry, effects, compare])
}
