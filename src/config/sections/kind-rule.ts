import { z } from 'zod'
import { fieldValue, stage, template } from '../values-crm.ts'

/** Ways to find whose call or task it is, asked in order until one names a user of the CRM. */
export const policies = [
  'last-talked',
  'first-talked',
  'last-rang',
  'first-rang',
  'card-owner',
  'user',
  'in-turn',
  'random',
  'default',
] as const

const policyList = z.array(z.enum(policies)).min(1)
const POLICIES =
  'asked in order until one names a CRM user: last-talked, first-talked, last-rang, first-rang (whoever placed an outbound call rang, too), card-owner, user, in-turn and random (of `users`), default (rules.defaultUser)'

const userId = z.int().positive()

const lead = {
  pipeline: z
    .int()
    .positive()
    .optional()
    .describe("Pipeline of leads and incoming leads; left out: the line's, else the account's main one."),
  status: z.int().positive().optional().describe('Stage of new leads; left out: the first one of the pipeline.'),
  name: template.describe('Name of a new lead; see docs/rules.md for placeholders.'),
  tags: z.array(z.string().min(1).max(100)).describe('Tags of new leads.'),
  source: z.int().positive().optional().describe('Source of new leads (an id of the account).'),
  unless: z
    .enum(['open-lead', 'open-lead-in-pipeline', 'never'])
    .describe(
      'When no lead is made: the client has an open one (anywhere, or in that pipeline), or never: every call makes one.',
    ),
}

const task = {
  enabled: z
    .boolean()
    .describe(
      'Make a task. One open task a client: a further call changes its count and deadline; being talked to completes it.',
    ),
  text: template.describe('Text of the task; {count} is empty for the first call.'),
  type: z.int().positive().describe('Type of the task; 1 is "follow up" in every account.'),
  minutes: z.int().min(1).max(525_600).describe("Deadline, minutes after the call's end."),
  workingHours: z.boolean().describe('Count only minutes within `hours` (of the line, else the common ones).'),
  owner: policyList.describe(`Whose task it is; ${POLICIES}.`),
}

const shape = {
  when: z
    .enum(['ring', 'answer', 'end'])
    .describe(
      'When contact and lead are made; incoming leads (unsorted) always at the end, since the CRM writes the call from them.',
    ),
  contactName: template.describe('Name of a contact or incoming lead made for an unknown number.'),
  responsible: policyList.describe(`Whose call it is, and who owns what is made for it; ${POLICIES}.`),
  user: userId.optional().describe('CRM user for the policy `user`.'),
  users: z.array(userId).describe('CRM users for the policies `in-turn` and `random`.'),
  changeOwner: z
    .enum(['never', 'always', 'in-stages'])
    .describe(
      'Whether whoever the call belongs to becomes the owner of the client and of the open lead: in-stages only while that lead stands in one of `stages`.',
    ),
  stages: z.array(stage).describe('Stages in which the owner changes.'),
  note: template.describe("What the call's note says; parts in brackets are left out when they have nothing to tell."),
  contactFields: z.array(fieldValue).describe('Fields of the contact or company to fill by template.'),
  leadFields: z.array(fieldValue).describe('Fields of the lead to fill by template.'),
}

type Create = readonly ['nothing', ...('contact' | 'lead' | 'unsorted')[]]
export interface KindDefaults {
  readonly what: string
  readonly create: Create
  readonly makes: Create[number]
  readonly when: 'ring' | 'answer' | 'end'
  readonly responsible: (typeof policies)[number][]
  readonly note: string
}

/** A kind of call with every key filled. */
export function kindRule({ what, create, makes, when, responsible, note }: KindDefaults) {
  return z
    .strictObject({
      create: createOf(create).default(makes),
      when: shape.when.default(when),
      contactName: shape.contactName.default('Звонок {phone}'),
      lead: z
        .strictObject({
          ...lead,
          name: lead.name.default('Звонок {phone}'),
          tags: lead.tags.default([]),
          unless: lead.unless.default('open-lead'),
        })
        .prefault({})
        .describe('Leads made for such calls.'),
      responsible: shape.responsible.default(responsible),
      user: shape.user,
      users: shape.users.default([]),
      task: z
        .strictObject({
          enabled: task.enabled.default(false),
          text: task.text.default('Перезвонить: {phone}[ (звонков: {count})]'),
          type: task.type.default(1),
          minutes: task.minutes.default(60),
          workingHours: task.workingHours.default(true),
          owner: task.owner.default(['card-owner', 'last-rang', 'default']),
        })
        .prefault({})
        .describe('A task that follows such calls.'),
      changeOwner: shape.changeOwner.default('never'),
      stages: shape.stages.default([]),
      note: shape.note.default(note),
      contactFields: shape.contactFields.default([]),
      leadFields: shape.leadFields.default([]),
    })
    .prefault({})
    .describe(what)
}

/** What a line says otherwise about a kind of call. */
export function kindOverlay({ what, create }: KindDefaults) {
  return z
    .strictObject({
      ...shape,
      create: createOf(create),
      lead: z.strictObject(lead).partial(),
      task: z.strictObject(task).partial(),
    })
    .partial()
    .optional()
    .describe(what)
}

function createOf(values: Create) {
  return z
    .enum(values)
    .describe(
      'What is made in the CRM. contact: for an unknown number. lead: a lead, with a contact for an unknown number. unsorted: an incoming lead for people to accept (contact and lead where the account or pipeline has them switched off). nothing: a call of an unknown number stays in the journal.',
    )
}
