import { z } from 'zod'

export const Rules = z
  .strictObject({
    unknownCaller: z
      .enum(['contact', 'unsorted', 'nothing'])
      .default('contact')
      .describe(
        'What an unknown number that calls becomes. contact: a contact. unsorted: an incoming lead for people to accept (a contact where the account or pipeline has them switched off). nothing: journal only.',
      ),
    unknownCalled: z
      .enum(['contact', 'nothing'])
      .default('contact')
      .describe('What an unknown number that is called becomes. contact: a contact. nothing: journal only.'),
    contactName: z
      .string()
      .min(1)
      .max(200)
      .default('Звонок {phone}')
      .describe('Name of a contact or incoming lead created for an unknown number; {phone} is the number.'),
    noteSource: z.string().min(1).max(100).default('Callweave').describe("Name of the telephony in the CRM's feed."),
    defaultUser: z.int().positive().optional().describe('CRM user for calls that belong to nobody.'),
    quietAfterSeconds: z
      .int()
      .min(60)
      .default(7200)
      .describe('Calls older than this are registered quietly: note and contact only, no automations.'),
    missedTask: z
      .strictObject({
        enabled: z
          .boolean()
          .default(false)
          .describe('Create a task for a missed call, unless the client has an open one already.'),
        text: z.string().min(1).default('Перезвонить: {phone}').describe('Text of the task; {phone} is the client.'),
        hours: z.number().positive().max(720).default(1).describe('Deadline, hours after the call.'),
      })
      .prefault({})
      .describe('What follows a missed call.'),
  })
  .describe('What becomes of a call in the CRM.')
