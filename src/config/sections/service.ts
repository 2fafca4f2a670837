import { z } from 'zod'
import { mode } from '../values.ts'

export const Service = z
  .strictObject({
    mode: mode
      .default('watch')
      .describe(
        'off: idle. watch: journal only, nothing written to the CRM, nobody routed (where a fresh install starts). on: everything.',
      ),
    pbx: z
      .string()
      .regex(/^[a-z0-9-]{1,30}$/, 'small letters, digits and -')
      .default('main')
      .describe('Name of this PBX in keys and in the CRM. Never change it: calls would be registered anew.'),
    directory: z.string().min(1).default('/var/lib/callweave').describe('Where the service keeps its own state.'),
    log: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('How much is logged.'),
    decisionSeconds: z
      .number()
      .min(0.2)
      .max(10)
      .default(1.5)
      .describe("How long a call waits for the routing decision before it takes the PBX's own route."),
  })
  .describe('The service itself.')
