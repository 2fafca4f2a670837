import type { IncomingMessage } from 'node:http'
import Router from 'koa-router'
import type { Conflict } from './merge-table.ts'
import { HandedTable, type TableRow } from './widget-table.ts'

export interface StaffRouterDeps {
  /** Who a token belongs to. */
  readonly authenticate: (token: string) => { readonly extension: string; readonly admin: boolean } | undefined
  /** The request's body as JSON, so many bytes at most; throws what the HTTP door understands. */
  readonly readJson: (request: IncomingMessage, limit: number) => Promise<unknown>
  /** Keeps the table; resolves when it is on disk, with what does not fit to the configuration. */
  readonly takeOver: (table: readonly TableRow[], from: string) => Promise<readonly Conflict[]>
}

const LARGEST_TABLE_BYTES = 256 * 1024

/** `POST /crm/staff`: the widget hands over which user has which extension. */
export function staffRouter({ authenticate, readJson, takeOver }: StaffRouterDeps): Router {
  const router = new Router()
  router.post('/crm/staff', async (ctx) => {
    const token = /^Bearer (\S{1,2000})$/i.exec(ctx.get('authorization'))?.[1]
    const person = token === undefined ? undefined : authenticate(token)
    // What is left of a body that nobody reads would be taken for the next request.
    if (!person?.admin) ctx.set('Connection', 'close')
    if (!person) ctx.throw(401, 'Send the token of a person.')
    else if (!person.admin) ctx.throw(403, 'Only an administrator may hand over the table.')
    else {
      const parsed = HandedTable.safeParse(await readJson(ctx.req, LARGEST_TABLE_BYTES))
      if (!parsed.success) {
        ctx.status = 422
        ctx.body = { code: 'bad-table', message: 'The table cannot be used.', details: troubleIn(parsed.error) }
      } else if (parsed.data.users.length === 0) {
        ctx.status = 422
        ctx.body = { code: 'empty-table', message: 'The table has no extension; what was known stays.' }
      } else {
        const conflicts = await takeOver(parsed.data.users, person.extension)
        ctx.body = { taken: parsed.data.users.length, conflicts }
      }
    }
  })
  return router
}

/** Names the keys, never the values. */
function troubleIn(error: {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[]
}): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`)
    .join('; ')
    .slice(0, 300)
}
