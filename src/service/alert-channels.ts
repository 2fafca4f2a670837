import type { Config } from '../config/schema.ts'
import { telegramChannel, webhookChannel } from '../watching/alerts/channels.ts'
import type { Channel } from '../watching/alerts/delivery.ts'

/** Who is told, as the configuration says. */
export function alertChannels({ alerts: { webhook, telegram } }: Pick<Config, 'alerts'>): readonly Channel[] {
  return [...(webhook ? [webhookChannel(webhook)] : []), ...(telegram ? [telegramChannel(telegram)] : [])]
}
