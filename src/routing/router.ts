import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import Router from 'koa-router'
import { z } from 'zod'
import type { Skipped } from './candidate.ts'
import type { FindResponsible } from './responsible.ts'
import type { LineRule, Route } from './route.ts'

export interface ResponsibleRouterDeps {
  readonly find: FindResponsible
  readonly lineOf: (did: string) => LineRule
  /** Looks at the phones once more; a script has the time. */
  readonly look: () => Promise<void>
  /** Whether this request may ask: from where it comes, and by its token. */
  readonly admit: (request: IncomingMessage, token: string | undefined) => 'admitted' | 'no-token' | 'wrong-place'
  /** Text fit for a dialplan. */
  readonly clean: (text: string) => string
  /** Asterisk's time, epoch milliseconds. */
  readonly now: () => number
}

/** What a script is told. */
export interface Responsible {
  /** The client's name as phones show it. */
  readonly callerId: string
  /** Extension to ring; empty: the PBX's own route. */
  readonly phone: string
  readonly why: Route['why']
  readonly skipped: readonly Skipped[]
}

const Question = z.object({
  phone: z.string().max(100).default(''),
  did: z.string().max(100).default(''),
  type: z.enum(['json', 'text']).default('json'),
  token: z.string().max(200).optional(),
})

/** A look at the phones that takes longer is left to those who ask next. */
const LOOK_MS = 300

/** `GET /pbx/responsible?phone=&did=&type=json|text`: the answer a line's routing would give, for dialplans that ask by themselves. */
export function responsibleRouter(deps: ResponsibleRouterDeps): Router {
  const { find, lineOf, look, admit, clean, now } = deps
  const router = new Router()
  router.get('/pbx/responsible', async (ctx) => {
    const parsed = Question.safeParse(ctx.query)
    const token = bearer(ctx) ?? parsed.data?.token
    const admission = admit(ctx.req, token)
    if (admission === 'wrong-place')
      ctx.throw(403, 'This page answers this machine only, or with a token its own network.')
    if (admission === 'no-token') ctx.throw(401, 'Send the token, as "token" or as a bearer.')
    if (!parsed.success) return ctx.throw(400, 'Ask with phone=, did= and type=json or type=text, each once.')
    const { phone, did, type } = parsed.data
    await Promise.race([look(), patience()])
    // Whoever asks here wants somebody named, whether the line asks by itself or not.
    const line = { ...lineOf(did), routing: true }
    const route = await find({ line, did, number: phone, displayName: '', at: now() })
    const answer = told(route, clean)
    ctx.set('Cache-Control', 'no-store')
    if (type === 'json') {
      ctx.body = answer
    } else {
      ctx.type = 'text/plain; charset=utf-8'
      ctx.body = `${answer.callerId},${answer.phone}`
    }
  })
  return router
}

function told(route: Route, clean: (text: string) => string): Responsible {
  const { why, skipped, callerName = '' } = route
  return { callerId: clean(callerName), phone: route.kind === 'ring' ? route.extension : '', why, skipped }
}

function bearer(ctx: Context): string | undefined {
  return /^Bearer (\S{1,200})$/i.exec(ctx.get('authorization'))?.[1]
}

async function patience(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, LOOK_MS).unref()
  await promise
}
