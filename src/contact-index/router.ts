import type { IncomingMessage } from 'node:http'
import Router from 'koa-router'
import type { NoticeInbox } from './notice-inbox.ts'
import { isSameSecret } from './webhook-secret.ts'

export const WEBHOOK_PATH = '/crm/webhook'

export interface WebhookRouterDeps {
  /** @throws StoreError */
  readonly secret: () => Promise<string>
  readonly inbox: Pick<NoticeInbox, 'take' | 'takeUnread'>
}

/** Ten contacts with long notes in their fields fit. */
const LARGEST_BYTES = 1_000_000

/**
 * `POST /crm/webhook/<secret>`: the CRM tells what changed. Answered as soon as it is here: whoever takes two seconds a hundred times is switched off by
 * the CRM (reference amocrm.md 11.2). A wrong secret gets the same answer as any address where nothing is.
 */
export function webhookRouter({ secret, inbox }: WebhookRouterDeps): Router {
  const router = new Router()
  router.post(`${WEBHOOK_PATH}/:secret`, async (ctx) => {
    if (!isSameSecret(ctx.params['secret'] ?? '', await secret())) return
    const body = await bodyOf(ctx.req)
    // An error would be tried again and again, with the same end.
    ctx.status = 204
    if (body === 'too long') {
      ctx.set('Connection', 'close')
      return inbox.takeUnread()
    }
    if (body !== 'broken') inbox.take(body.toString('utf8'))
  })
  return router
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | 'too long' | 'broken'> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size > LARGEST_BYTES) return 'too long'
      chunks.push(chunk)
    }
  } catch {
    return 'broken'
  }
  return Buffer.concat(chunks)
}
