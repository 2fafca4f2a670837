import { z } from 'zod'
import { mode } from '../values.ts'
import { Hours } from './hours.ts'
import { Routing } from './routing.ts'
import { LineRules } from './rules.ts'

export const Line = z
  .strictObject({
    did: z
      .string()
      .min(1)
      .describe('The number dialled, as the trunk delivers it; for rules of outbound calls the name of a trunk.'),
    label: z.string().default('').describe('Name of the line for people.'),
    mode: mode.default('on'),
    routing: Routing,
    pipeline: z
      .int()
      .positive()
      .optional()
      .describe("CRM pipeline of this line's leads and incoming leads (unsorted); left out: the account's main one."),
    decisionSeconds: z
      .number()
      .min(0.2)
      .max(10)
      .optional()
      .describe(
        'How long calls to this line wait for the routing decision; left out: service.decisionSeconds. Render the dialplan again after a change.',
      ),
    hours: Hours.describe('When somebody may be rung on this line; left out: the common `hours`.'),
    rules: LineRules,
    recording: z
      .enum(['force', 'yes', 'dontcare', 'no', 'never'])
      .default('dontcare')
      .describe(
        "FreePBX and Issabel, askIn all-lines: how a routed ring is recorded; set what the line's inbound route says. Render the dialplan again after a change.",
      ),
  })
  .describe('One line.')
