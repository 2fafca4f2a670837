import { z } from 'zod'
import type { Decision } from '../store/crm-state-ports.ts'

const Decided = z.object({
  decisions: z.array(
    z.object({
      at: z.number(),
      about: z.string(),
      code: z.string(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
})

/** What a job decided about its call, from its result. */
export function decisionsOf(result: unknown): readonly Decision[] {
  return Decided.safeParse(result).data?.decisions ?? []
}

/** Whose job it is: `main/1795164754.2:note/101` belongs to the call 1795164754.2 of the PBX main. */
export function callOfJob(key: string): { readonly pbx: string; readonly callId: string } | undefined {
  const [, pbx, callId] = /^([^/]+)\/([^:/]+)[:/]/.exec(key) ?? []
  return pbx === undefined || callId === undefined ? undefined : { pbx, callId }
}
