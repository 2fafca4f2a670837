import { z } from 'zod'
import { extension, mobile, mode, pattern, personToken } from '../values.ts'
import { Hours } from './hours.ts'

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
      .array(mobile)
      .default([])
      .describe(
        "The person's outside numbers: a call to one of them is a call to the person. X stands for any digit: `8123456XXXX`.",
      ),
    mode: mode.default('on'),
    admin: z
      .boolean()
      .default(false)
      .describe("Whether this person's token may hand over the widget's table of users and extensions (/crm/staff)."),
    onDuty: z.boolean().default(true).describe('false: calls are not routed to this person until it is true again.'),
    hours: Hours.describe('When calls may be routed to this person; left out: whenever the line is open.'),
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
    mobilesFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File of more outside numbers of the staff, one a line: a number or a pattern (`8123456XXXX`), then, if it belongs to a person, a space and the extension. Read again when it changes.',
      ),
    usersEverySeconds: z
      .int()
      .min(10)
      .max(86_400)
      .default(600)
      .describe("How often the CRM's users are read: who was dismissed is not rung any more."),
  })
  .describe('Who works here.')
