import { z } from 'zod'
import { hookPoints } from './points.ts'

// What the service and the thread of the hooks say to each other. The thread runs strangers' code: what comes from there is checked.

export interface ThreadData {
  readonly files: readonly { readonly point: string; readonly file: string }[]
  /** Where compiled code is kept. */
  readonly compileCache: string | undefined
}

export type ToThread =
  | { readonly kind: 'run'; readonly run: number; readonly point: string; readonly input: unknown }
  /** The run's time is up: nobody waits for it. */
  | { readonly kind: 'forget'; readonly run: number }
  | { readonly kind: 'told'; readonly ask: number; readonly answer: unknown }
  | { readonly kind: 'refused'; readonly ask: number; readonly why: string }
  | { readonly kind: 'ping'; readonly ping: number }

const point = z.enum(hookPoints)
/** Longer texts are cut: they end in logs. */
const words = z.string().transform((text) => text.slice(0, 1000))

export const FromThread = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loading'), point }),
  z.object({ kind: z.literal('not-loaded'), point, why: words }),
  z.object({ kind: z.literal('ready') }),
  /** Said before the hook's first line runs. */
  z.object({ kind: z.literal('begun'), run: z.number() }),
  /** `answer` is JSON; empty when the hook returned nothing. */
  z.object({ kind: z.literal('answered'), run: z.number(), answer: z.string() }),
  z.object({ kind: z.literal('threw'), run: z.number(), why: words }),
  z.object({
    kind: z.literal('asks'),
    run: z.number(),
    ask: z.number(),
    method: z.enum(['GET', 'POST', 'PATCH']),
    path: z.string(),
    body: z.unknown(),
  }),
  z.object({ kind: z.literal('says'), point, text: words }),
  /** Thrown where nobody waits for it: a timer, a promise nobody kept. */
  z.object({ kind: z.literal('stray'), why: words }),
  z.object({ kind: z.literal('pong'), ping: z.number() }),
])
export type FromThread = z.infer<typeof FromThread>
