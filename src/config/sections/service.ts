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
    log: z
      .enum(['trace', 'debug', 'info', 'warn', 'error'])
      .default('info')
      .describe('How much is logged. Holds at once when it is changed.'),
    logFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Log into this file instead of standard output (the journal of systemd, which rotates by itself). SIGHUP opens it anew, for logrotate: docs/operations.md.',
      ),
    backupDays: z
      .int()
      .min(0)
      .max(365)
      .default(7)
      .describe('A copy of the state is made each day in "backups" below service.directory and kept so long. 0: none.'),
    keepEventsDays: z
      .int()
      .min(1)
      .max(3650)
      .default(90)
      .describe('So long a call can be told as a timeline and rebuilt from its events.'),
    keepDays: z
      .int()
      .min(30)
      .max(36_500)
      .default(1095)
      .describe(
        'So long the journal knows whose calls they were. Of older ones stays when they were, on which line and how they ended, so that none is registered again.',
      ),
    decisionSeconds: z
      .number()
      .min(0.2)
      .max(10)
      .default(1.5)
      .describe("How long a call waits for the routing decision before it takes the PBX's own route."),
  })
  .describe('The service itself.')
