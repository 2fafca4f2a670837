import { z } from 'zod'
import { extension, pattern } from '../values.ts'
import { template } from '../values-crm.ts'
import { type KindDefaults, kindOverlay, kindRule } from './kind-rule.ts'

const TALKED = '[Ожидание {wait} с][, линия {lineName}][, {transfers}][. {result}]'
const MISSED = '[Ожидание {wait} с][, линия {lineName}][, звонили: {people}][, набран добавочный {ivr}][. {result}]'

/** The rows of the grid. */
const kinds = {
  incomingKnown: {
    what: 'A client known to the CRM called and somebody talked to them.',
    create: ['nothing', 'lead'],
    makes: 'nothing',
    when: 'answer',
    responsible: ['last-talked', 'default', 'card-owner'],
    note: TALKED,
  },
  incomingUnknown: {
    what: 'An unknown number called and somebody talked to them.',
    create: ['nothing', 'contact', 'lead', 'unsorted'],
    makes: 'contact',
    when: 'answer',
    responsible: ['last-talked', 'default'],
    note: TALKED,
  },
  missedKnown: {
    what: 'A client known to the CRM called and nobody talked to them.',
    create: ['nothing', 'lead'],
    makes: 'nothing',
    when: 'end',
    responsible: ['card-owner', 'last-rang', 'default'],
    note: MISSED,
  },
  missedUnknown: {
    what: 'An unknown number called and nobody talked to them.',
    create: ['nothing', 'contact', 'lead', 'unsorted'],
    makes: 'contact',
    when: 'end',
    responsible: ['last-rang', 'default'],
    note: MISSED,
  },
  outgoingKnown: {
    what: 'A client known to the CRM was called and reached.',
    create: ['nothing', 'lead'],
    makes: 'nothing',
    when: 'end',
    responsible: ['last-talked', 'default', 'card-owner'],
    note: TALKED,
  },
  outgoingUnknown: {
    what: 'An unknown number was called and reached.',
    create: ['nothing', 'contact', 'lead'],
    makes: 'contact',
    when: 'end',
    responsible: ['last-talked', 'default'],
    note: TALKED,
  },
  outgoingNotReached: {
    what: 'Somebody was called and not reached.',
    create: ['nothing', 'contact', 'lead'],
    makes: 'contact',
    when: 'end',
    responsible: ['last-rang', 'default', 'card-owner'],
    note: '[{result}]',
  },
} satisfies Record<string, KindDefaults>

export const kindsOfCall = Object.keys(kinds)

/** What a line says otherwise. */
export const LineRules = z
  .strictObject({
    incomingKnown: kindOverlay(kinds.incomingKnown),
    incomingUnknown: kindOverlay(kinds.incomingUnknown),
    missedKnown: kindOverlay(kinds.missedKnown),
    missedUnknown: kindOverlay(kinds.missedUnknown),
    outgoingKnown: kindOverlay(kinds.outgoingKnown),
    outgoingUnknown: kindOverlay(kinds.outgoingUnknown),
    outgoingNotReached: kindOverlay(kinds.outgoingNotReached),
  })
  .default({})
  .describe(
    'What `rules` says otherwise on this line, by kind of call and key: only what differs is given. Outbound calls go by the line that is named like their trunk.',
  )
  .meta({ sameAs: 'rules' })

export const Rules = z
  .strictObject({
    incomingKnown: kindRule(kinds.incomingKnown),
    incomingUnknown: kindRule(kinds.incomingUnknown),
    missedKnown: kindRule(kinds.missedKnown),
    missedUnknown: kindRule(kinds.missedUnknown),
    outgoingKnown: kindRule(kinds.outgoingKnown),
    outgoingUnknown: kindRule(kinds.outgoingUnknown),
    outgoingNotReached: kindRule(kinds.outgoingNotReached),
    entities: z
      .array(z.enum(['lead', 'contact', 'company']))
      .min(1)
      .default(['lead', 'contact', 'company'])
      .describe(
        'Which entity gets the call: the first kind of which the client has one. Of several the one owned by the person of the call, else the lead changed last, the oldest contact. A call started from a card in the CRM stays on that card.',
      ),
    notePerPerson: z
      .boolean()
      .default(false)
      .describe('One note for each person who talked, with their own seconds, in place of one a call.'),
    seconds: z
      .enum(['all', 'crm-people'])
      .default('all')
      .describe("Whose talking counts: everybody's, or only that of people who are users of the CRM."),
    popup: z.boolean().default(false).describe("Show amoCRM's own pop-up to whoever is rung, once a call and person."),
    missedInMenu: z
      .enum(['nothing', 'task'])
      .default('nothing')
      .describe(
        'A client dialled an extension in a voice menu and reached nobody. task: that person gets a task, also where the rule makes none.',
      ),
    taskResult: template
      .default('Поговорили: {person}, {date} {time}')
      .describe('Result of a task that completes itself because somebody has talked to the client.'),
    hiddenNumberContact: z
      .int()
      .positive()
      .optional()
      .describe('Contact that gets the calls of withheld numbers; left out: they stay in the journal.'),
    ignore: z
      .strictObject({
        numbers: z.array(z.string().min(1)).default([]).describe('Numbers of clients, in any spelling.'),
        patterns: z
          .array(pattern)
          .default([])
          .describe('Regular expressions over the number as it is stored, `+79221532327`.'),
        extensions: z.array(extension).default([]).describe("Extensions whose calls are nobody's business."),
        lines: z.array(z.string().min(1)).default([]).describe('Lines: DIDs and trunks.'),
        files: z
          .array(z.string().min(1))
          .default([])
          .describe(
            "Files with a number a line, or what `asterisk -rx 'database show blacklist'` prints; read again when they change.",
          ),
      })
      .prefault({})
      .describe('Calls that are never registered.'),
    onlyExtensions: z
      .array(extension)
      .default([])
      .describe('When given, only calls of these extensions are registered.'),
    noteSource: z.string().min(1).max(100).default('Callweave').describe("Name of the telephony in the CRM's feed."),
    defaultUser: z
      .int()
      .positive()
      .optional()
      .describe('CRM user for calls that belong to nobody; left out: the user the token belongs to.'),
    quietAfterSeconds: z
      .int()
      .min(60)
      .default(7200)
      .describe('Calls older than this are registered quietly: the note and the contact it needs, nothing else.'),
  })
  .describe('What becomes of a call in the CRM; docs/rules.md tells it in order.')
