import { z } from 'zod'

export const Hooks = z
  .strictObject({
    enabled: z.boolean().default(true).describe('false: no hook is run, whatever lies in the directory.'),
    directory: z
      .string()
      .regex(/^\//, 'an absolute path')
      .optional()
      .describe('Where hooks lie; left out: the folder hooks beside this file.'),
    seconds: z
      .number()
      .min(0.05)
      .max(30)
      .default(1)
      .describe('What a hook may take; waiting for the CRM does not count where nobody waits for the hook.'),
    routingSeconds: z
      .number()
      .min(0.02)
      .max(0.5)
      .default(0.15)
      .describe('What the hook routing may take, the CRM included: the caller waits.'),
    crmRequests: z.int().min(0).max(100).default(10).describe('Requests to the CRM that one run of a hook may make.'),
    crmSeconds: z
      .number()
      .min(0.1)
      .max(60)
      .default(10)
      .describe('How long one run may wait for the CRM, all its requests together.'),
    restAfter: z.int().min(1).max(1000).default(20).describe('After so many failures in a row a hook rests.'),
    restSeconds: z.number().min(1).max(3600).default(60).describe('How long it rests.'),
    memoryMegabytes: z
      .int()
      .min(16)
      .max(1024)
      .default(64)
      .describe('Heap of a thread of hooks; there are two, and none without hooks. Read when a thread starts.'),
  })
  .describe("Customers' own scripts: docs/hooks.md.")
