import { z } from 'zod'
import { extension } from '../values.ts'

const steps = ['lead', 'contact', 'company', 'last-talked', 'list'] as const
const names = ['line', 'name', 'company'] as const

/** A place of the PBX's dialplan. Nothing else may stand in a generated `Goto()`. */
const place = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,79},[A-Za-z0-9_*#+.-]{1,79},[1-9]\d{0,3}$/,
    'context,extension,priority, like "ext-queues,700,1"',
  )

const callerName = z
  .string()
  .max(200)
  .superRefine((text, { addIssue }) => {
    const wrong = [...text.matchAll(/\{([^{}]*)\}/g)].find(([, name]) => !names.some((known) => known === name))
    if (wrong) addIssue(`there is no placeholder ${wrong[0]}; there are ${names.map((name) => `{${name}}`).join(' ')}`)
  })

/** Who is rung before the PBX's own route. */
export const Routing = z
  .strictObject({
    on: z
      .boolean()
      .default(false)
      .describe("false: the PBX's own route at once. true: the client's manager first, by `order`."),
    order: z
      .array(z.enum(steps))
      .default([...steps])
      .describe(
        "Who is asked for in turn: the owner of the client's open lead (the one changed last first), of the contact, of the company, who talked with this number last, and `extensions`. Whoever cannot take the call now is skipped.",
      ),
    extensions: z.array(extension).default([]).describe("The line's own list, the last of the usual order."),
    ringSeconds: z
      .int()
      .min(3)
      .max(120)
      .default(15)
      .describe("How long that person's phone rings before the call goes on."),
    whenTalking: z
      .enum(['skip', 'ring'])
      .default('skip')
      .describe('A person who talks already: skip them, or ring them as a second call.'),
    whenUnregistered: z
      .enum(['skip', 'ring'])
      .default('skip')
      .describe('A person whose phone is not registered: skip them, or ring them all the same (follow-me).'),
    whenUnanswered: place
      .optional()
      .describe(
        "Where the call goes on when the person was rung and did not answer: `context,extension,priority`; left out: the PBX's own route. Render the dialplan again after a change.",
      ),
    callerName: callerName
      .default('{name}')
      .describe(
        'What phones show of the caller: {line} is the label of the line, {name} the client, {company} the company with this number.',
      ),
  })
  .prefault({})
  .describe('Who is rung first on this line.')
