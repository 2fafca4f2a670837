import { z } from 'zod'
import { decodeTime } from './decode-time.ts'
import type { InboundQuestion } from './message.ts'

/** First argument of `Stasis()` in our snippet; what comes with another one is no question (reference: dialplan/callweave-in.conf.tmpl). */
const INBOUND = 'inbound'
/** Begins the second argument of the question. */
const UNDISTURBED = 'dnd='

const StasisStart = z.object({
  type: z.literal('StasisStart'),
  timestamp: z.string(),
  application: z.string(),
  args: z.array(z.string()),
  channel: z.object({
    id: z.string().min(1),
    caller: z.object({ name: z.string(), number: z.string() }),
    channelvars: z.record(z.string(), z.string()).optional(),
  }),
})

export type DecodedQuestion =
  | { readonly kind: 'question'; readonly question: InboundQuestion }
  | { readonly kind: 'not-a-question' }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Reads a `StasisStart` of our snippet out of a parsed ARI message. Never throws. */
export function decodeQuestion(message: unknown, application: string): DecodedQuestion {
  if (typeOf(message) !== 'StasisStart') return { kind: 'not-a-question' }
  const parsed = StasisStart.safeParse(message)
  if (!parsed.success) return { kind: 'malformed', reason: z.prettifyError(parsed.error) }
  const { args, channel, timestamp } = parsed.data
  if (args[0] !== INBOUND || parsed.data.application !== application) return { kind: 'not-a-question' }
  const askedAt = decodeTime(timestamp)
  if (askedAt === undefined) return { kind: 'malformed', reason: 'timestamp is no time' }
  const linkedid = channel.channelvars?.['CHANNEL(linkedid)']
  return {
    kind: 'question',
    question: {
      channelId: channel.id,
      linkedid: linkedid ? linkedid : channel.id,
      did: args[1] ?? '',
      callerNumber: channel.caller.number,
      callerName: channel.caller.name,
      askedAt,
      args,
      undisturbed: undisturbedIn(args),
    },
  }
}

/** `dnd=101`, `102`: keys of Asterisk's database, told by the snippet in one argument that its own commas have split. */
function undisturbedIn(args: readonly string[]): readonly string[] | undefined {
  const [first, ...others] = args.slice(2)
  if (first === undefined || !first.startsWith(UNDISTURBED)) return undefined
  // Of very many the last argument holds the rest unsplit.
  return [first.slice(UNDISTURBED.length), ...others].flatMap((part) => part.split(',')).filter((key) => key !== '')
}

/** The `type` every ARI message has, or undefined. */
export function typeOf(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
  return typeof message.type === 'string' ? message.type : undefined
}
