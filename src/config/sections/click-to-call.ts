import { z } from 'zod'
import { country, pattern } from '../values.ts'

const DialOut = z
  .strictObject({
    pattern: pattern.describe('Regular expression over the number in E.164: `^\\+7`.'),
    replacement: z
      .string()
      .regex(/^\+?(\d|\$[1-9])*$/, 'digits, a leading plus, $1 for a group')
      .describe('What stands there instead: `8`.'),
  })
  .describe('One way to rewrite a number.')

export const ClickToCall = z
  .strictObject({
    context: z
      .string()
      .regex(/^[\w-]{1,79}$/, 'the name of a dialplan context')
      .default('from-internal')
      .describe('Context that dials a number as a call by hand from that phone would.'),
    dialOut: z
      .array(DialOut)
      .default([])
      .describe('How the PBX wants outside numbers; the first rule that fits counts. Empty: E.164, `+79221532327`.'),
    countries: z.array(country).default([]).describe('Countries that may be called. Empty: only `numbers.country`.'),
    paidNumbers: z
      .boolean()
      .default(false)
      .describe('Allow premium-rate, shared-cost, universal-access and personal numbers.'),
    ringSeconds: z.int().min(5).max(120).default(30).describe("How long the person's own phone rings."),
    callerName: z
      .string()
      .max(40)
      .default('CRM')
      .describe("Shown on the person's phone beside the client's number; the client sees what a call by hand shows."),
    dailyCap: z.int().min(1).max(100_000).default(200).describe('Calls a person may start on one day.'),
    dailyCapTotal: z.int().min(1).max(1_000_000).default(2_000).describe('Calls all may start together on one day.'),
  })
  .describe('Calls started from the CRM.')
