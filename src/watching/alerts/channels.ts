import type { Channel } from './delivery.ts'

/** A value that is read at the moment of sending and printed nowhere. */
interface Hidden {
  reveal(): string
}

export interface WebhookSettings {
  readonly url: string
  readonly token?: Hidden | undefined
}

export interface TelegramSettings {
  /** Address of the Bot API; another than Telegram's own where that is reached through a mirror. */
  readonly url: string
  readonly token: Hidden
  readonly chat: string
}

/** POSTs each alert as JSON. */
export function webhookChannel({ url, token }: WebhookSettings): Channel {
  return {
    name: 'webhook',
    send: async ({ text, body }, signal) => {
      const authorization = token ? { authorization: `Bearer ${token.reveal()}` } : {}
      await post(url, { text, ...body }, signal, authorization)
    },
  }
}

/** Sends each alert as a message of a bot. */
export function telegramChannel({ url, token, chat }: TelegramSettings): Channel {
  return {
    name: 'telegram',
    send: async ({ text }, signal) => {
      const address = `${url.replace(/\/+$/, '')}/bot${token.reveal()}/sendMessage`
      await post(address, { chat_id: chat, text, disable_web_page_preview: true }, signal)
    },
  }
}

/** @throws Error without the address: it holds the bot's token */
async function post(
  url: string,
  body: object,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<void> {
  let answer: Response
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      // The token must not be carried to wherever a redirect leads.
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    throw new Error(`nobody could be reached: ${causeOf(error)}`)
  }
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the receiver answered ${answer.status}`)
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
  return 'unknown'
}
