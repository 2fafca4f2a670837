import { z } from 'zod'
import { hasNoUser, secret } from '../values.ts'

const address = z.url({ protocol: /^https?$/ }).refine(hasNoUser, 'an address without user and password')

export const Alerts = z
  .strictObject({
    language: z.enum(['ru', 'en']).default('ru').describe('Language of the messages.'),
    webhook: z
      .strictObject({
        url: address.describe('Gets a POST with JSON for each alert: docs/monitoring.md.'),
        token: secret.optional().describe('Sent as "Authorization: Bearer …".'),
      })
      .optional()
      .describe('A web address of yours.'),
    telegram: z
      .strictObject({
        token: secret.describe('Token of your bot, from @BotFather.'),
        chat: z
          .string()
          .regex(/^(-?\d+|@\w+)$/, 'the number of a chat, like "-1001234567890", or "@channel"')
          .describe('Chat the bot writes to.'),
        url: address
          .default('https://api.telegram.org')
          .describe('Address of the Bot API: another one where Telegram is reached through a mirror.'),
      })
      .optional()
      .describe('A chat in Telegram. `callweave alerts test` shows whether it works.'),
    repeatHours: z.int().min(1).max(168).default(24).describe('An alert that lasts is repeated so often.'),
    linkSeconds: z.int().min(1).max(3600).default(60).describe('The link to Asterisk is lost for longer than that.'),
    databaseMinutes: z
      .int()
      .min(1)
      .max(1440)
      .default(15)
      .describe('The database of CDR and CEL cannot be reached for longer than that.'),
    successPercent: z
      .number()
      .min(0)
      .max(100)
      .default(99.9)
      .describe("Fewer of the last hour's calls are in the CRM five minutes after their end."),
    certificateDays: z.int().min(0).max(90).default(14).describe('The certificate ends sooner than that.'),
    diskGigabytes: z.number().min(0).default(1).describe('Less space is free where the state or recordings lie.'),
    diskPercent: z.number().min(0).max(50).default(5).describe('The same in hundredths of the disk.'),
  })
  .describe('Who is told when something is wrong. Without a receiver alerts show in /status and in the log only.')
