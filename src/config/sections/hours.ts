import { z } from 'zod'
import { timeZone } from '../values.ts'

const span = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'from and to, like "09:00-18:00"')
const day = (name: string) => z.array(span).default([]).describe(`Spans of ${name}; none: closed.`)

/** When people may be rung. Optional as a whole: without it they always may. */
export const Hours = z
  .strictObject({
    timeZone: timeZone.optional().describe("Zone of the times; left out: the machine's own."),
    week: z
      .strictObject({
        mon: day('Monday'),
        tue: day('Tuesday'),
        wed: day('Wednesday'),
        thu: day('Thursday'),
        fri: day('Friday'),
        sat: day('Saturday'),
        sun: day('Sunday'),
      })
      .describe('A span that ends before it begins runs into the next day.'),
    holidays: z
      .array(z.string().regex(/^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a day, "2027-01-04" or "01-01"'))
      .default([])
      .describe('Closed days: `2027-01-04`, or every year `01-01`.'),
  })
  .optional()
