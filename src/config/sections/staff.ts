import { z } from 'zod'
import { dial, extension, mode, pattern, personToken } from '../values.ts'

const Person = z
  .strictObject({
    extension: extension.describe("The person's extension."),
    name: z.string().default('').describe('Shown by `callweave doctor` beside what it finds wrong with this person.'),
    user: z
      .int()
      .positive()
      .optional()
      .describe("The person's user id in the CRM; left out: calls are registered under the extension."),
    mobiles: z
      .array(dial)
      .default([])
      .describe("The person's outside numbers: a call to one of them is a call to the person."),
    mode: mode.default('on'),
    token: personToken
      .optional()
      .describe(
        "Opens this person's cards (/crm/cardws) and click-to-call. 16 or more printable ASCII characters, no spaces; left out: neither.",
      ),
  })
  .describe('One employee.')

export const Staff = z
  .strictObject({
    internal: pattern
      .optional()
      .describe(
        'Regular expression of extensions that belong to nobody listed (meeting rooms, doors): they are people of the house, never clients.',
      ),
    people: z.array(Person).default([]).describe('Everybody whose calls matter.'),
  })
  .describe('Who works here.')
