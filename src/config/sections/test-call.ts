import { z } from 'zod'

export const TestCall = z
  .strictObject({
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, like "04:30"')
      .optional()
      .describe('When a synthetic call is made each night, by the clock of this machine. Left out: never.'),
    did: z
      .string()
      .regex(/^[+0-9A-Za-z]{2,40}$/, 'a number clients dial')
      .default('callweavetest')
      .describe('Number the synthetic call seems to have dialled; it rings nobody.'),
  })
  .describe(
    'A call that nobody makes and nobody hears, which proves the path: question, answer, events, journal. It never reaches the CRM.',
  )
