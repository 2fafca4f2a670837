import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import Router from 'koa-router'
import type { ClickToCall } from './click-to-call.ts'
import { ClickRefused } from './errors.ts'
import { clickMessage } from './message.ts'
import { createRateLimit, type Rate } from './rate-limit.ts'
import { says } from './says.ts'
import { ClickRequest, type Lang } from './schema.ts'

export interface ClickRouterDeps {
  readonly clickToCall: Pick<ClickToCall, 'start' | 'find'>
  /** The extension a token opens, or undefined. */
  readonly authenticate: (token: string) => string | undefined
  /** The request's body as JSON; throws what the HTTP door understands. */
  readonly readJson: (request: IncomingMessage) => Promise<unknown>
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** A person who asks for the state of a call every half second stays below it, a loop without a pause does not. */
const PERSON_RATE: Rate = { burst: 30, perSecond: 3 }
/** Wrong tokens of one address. A right one is never held up by them: half an office may sit behind one address. */
const STRANGER_RATE: Rate = { burst: 20, perSecond: 0.2 }

/** `POST /crm/click-to-call`, and `GET /crm/click-to-call/<call>` for who hears no card socket. */
export function clickRouter(deps: ClickRouterDeps): Router {
  const { clickToCall, authenticate, readJson, now } = deps
  const personMayAsk = createRateLimit(PERSON_RATE, now)
  const strangerMayAsk = createRateLimit(STRANGER_RATE, now)
  const router = new Router()

  const whoAsks = (ctx: Context): string => {
    const token = /^Bearer (\S{1,2000})$/i.exec(ctx.get('authorization'))?.[1]
    const extension = token === undefined ? undefined : authenticate(token)
    if (extension === undefined) {
      const mayAsk = strangerMayAsk(ctx.req.socket.remoteAddress ?? '')
      throw new ClickRefused(mayAsk ? 'unauthorised' : 'too-many-requests')
    }
    if (!personMayAsk(extension)) throw new ClickRefused('too-many-requests')
    return extension
  }

  router.post('/crm/click-to-call', (ctx) =>
    answering(ctx, async (speak) => {
      const extension = whoAsks(ctx)
      const parsed = ClickRequest.safeParse(await readJson(ctx.req))
      if (!parsed.success) throw new ClickRefused('bad-request', { details: troubleIn(parsed.error) })
      speak(parsed.data.lang)
      const click = await clickToCall.start(extension, parsed.data)
      ctx.status = 202
      ctx.body = clickMessage(click)
    }),
  )
  router.get('/crm/click-to-call/:call', (ctx) =>
    answering(ctx, async () => {
      const click = clickToCall.find(whoAsks(ctx), ctx.params['call'] ?? '')
      if (!click) throw new ClickRefused('not-found')
      ctx.body = clickMessage(click)
    }),
  )
  return router
}

/** A refusal becomes its status, its code and a sentence in the asker's language. */
async function answering(ctx: Context, act: (speak: (lang: Lang | undefined) => void) => Promise<void>): Promise<void> {
  let lang: Lang = ctx.query['lang'] === 'en' ? 'en' : 'ru'
  try {
    await act((asked) => {
      lang = asked ?? lang
    })
  } catch (error) {
    if (!(error instanceof ClickRefused)) throw error
    const { status, code, call, details } = error
    // What is left of a body that nobody reads would be taken for the next request.
    if (status === 401 || status === 429) ctx.set('Connection', 'close')
    if (status === 401) ctx.set('WWW-Authenticate', 'Bearer')
    if (code === 'too-many-requests') ctx.set('Retry-After', '10')
    ctx.status = status
    ctx.body = {
      code,
      message: says(code, lang),
      ...(call !== undefined && { call }),
      ...(details !== undefined && { details }),
    }
  }
}

/** Names the keys, never the values: they may be anything. */
function troubleIn(error: {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[]
}): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`)
    .join('; ')
    .slice(0, 300)
}
