import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import Router from 'koa-router'
import { isHome, mayCarryTokens } from './networks.ts'

export interface StatusDeps {
  /** The tree shown at `/status`; never a secret in it. */
  readonly status: () => Promise<Readonly<Record<string, unknown>>>
  /** Whether calls are watched and asked about at this moment, and why not. */
  readonly ready: () => { readonly ready: boolean; readonly why: string }
  readonly metrics: () => Promise<{ readonly text: string; readonly type: string }>
  /** Who may look from outside the own network. */
  readonly administrators: Middleware
  /** Opens the same without a login; undefined: nothing does. */
  readonly token: () => { reveal(): string } | undefined
  /** Whether an address is of the own network. */
  readonly home?: (address: string | undefined) => boolean
}

/**
 * `/healthz` (the process lives), `/readyz` (it does its work), `/status[?path=a.b]` (how it does), `/metrics` (the same for Prometheus). Open to the
 * own network; from elsewhere to administrators by HTTP Digest and to whoever has the token, over https.
 */
export function statusRouter(deps: StatusDeps): Router {
  const { status, ready, metrics, administrators, token, home = isHome } = deps
  const router = new Router()
  const guard: Middleware = (ctx, next) =>
    home(ctx.req.socket.remoteAddress) || hasToken(ctx, token()) ? next() : administrators(ctx, next)

  router.get('/healthz', guard, (ctx) => {
    ctx.body = { alive: true }
  })
  router.get('/readyz', guard, (ctx) => {
    const state = ready()
    ctx.status = state.ready ? 200 : 503
    ctx.body = state
  })
  router.get('/status', guard, async (ctx) => {
    const path = typeof ctx.query['path'] === 'string' ? ctx.query['path'] : ''
    const found = branch(await status(), path)
    if (found === undefined) ctx.throw(404, `The status has no branch "${path.slice(0, 100)}".`)
    ctx.body = JSON.stringify(found, null, 2)
    ctx.type = 'application/json'
  })
  router.get('/metrics', guard, async (ctx) => {
    const { text, type } = await metrics()
    ctx.body = text
    ctx.type = type
  })
  return router
}

function hasToken(ctx: Context, token: { reveal(): string } | undefined): boolean {
  const given = /^Bearer\s+(\S+)$/i.exec(ctx.req.headers.authorization ?? '')?.[1]
  if (given === undefined || token === undefined || !mayCarryTokens(ctx.req)) return false
  return timingSafeEqual(sha256(given), sha256(token.reveal()))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function branch(tree: unknown, path: string): unknown {
  if (path === '') return tree
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
      tree,
    )
}
