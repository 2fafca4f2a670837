/** Users of the sandbox's account: extensions 101, 102 and 103. */
export const [ANNA, BORIS, VERA] = [7_000_001, 7_000_002, 7_000_003]

/** The sandbox's main pipeline and its second stage; the first pipeline a test adds. */
export const MAIN = { pipeline: 4400, first: 44_001, second: 44_002 }

const line = (number: number) => `7495000${String(number).padStart(4, '0')}`
const task = {
  enabled: true,
  text: 'Перезвонить: {phone}[ (звонков: {count})]',
  minutes: 15,
  type: 2,
  workingHours: false,
}
const missedBoth = (rule: object) => ({ missedKnown: rule, missedUnknown: rule })
const lead = { name: 'Пропущен {phone} на {lineName}', status: MAIN.second, tags: ['звонок', 'пропущен'] }

/** One line a rule: DIDs that all ring extension 101, told apart by what the CRM makes of their calls. */
export const lines = {
  contact: { did: line(1), rules: { missedUnknown: { create: 'contact', contactName: 'Гость {phone}' } } },
  lead: { did: line(2), label: 'Продажи', rules: { missedUnknown: { create: 'lead', lead, task } } },
  unsorted: { did: line(3), label: 'Реклама', rules: { missedUnknown: { create: 'unsorted', task } } },
  nothing: { did: line(4), rules: { missedUnknown: { create: 'nothing', task } } },
  leadUnlessOpen: { did: line(5), rules: { missedKnown: { create: 'lead', lead: { unless: 'open-lead' } } } },
  leadUnlessOpenHere: {
    did: line(6),
    rules: { missedKnown: { create: 'lead', lead: { unless: 'open-lead-in-pipeline' } } },
  },
  leadAlways: { did: line(7), rules: { missedKnown: { create: 'lead', lead: { unless: 'never' } } } },
  inTurn: { did: line(8), rules: missedBoth({ responsible: ['in-turn'], users: [BORIS, VERA] }) },
  random: { did: line(9), rules: missedBoth({ responsible: ['random'], users: [BORIS, VERA] }) },
  user: { did: line(10), rules: missedBoth({ responsible: ['user'], user: VERA }) },
  lastRang: { did: line(11), rules: missedBoth({ responsible: ['last-rang'] }) },
  fallThrough: { did: line(12), rules: missedBoth({ responsible: ['last-talked', 'user', 'in-turn', 'card-owner'] }) },
  ownerAlways: { did: line(13), rules: missedBoth({ responsible: ['user'], user: VERA, changeOwner: 'always' }) },
  ownerInStage: {
    did: line(14),
    rules: missedBoth({
      responsible: ['user'],
      user: VERA,
      changeOwner: 'in-stages',
      stages: [{ pipeline: MAIN.pipeline, status: MAIN.second }],
    }),
  },
  fields: {
    did: line(15),
    label: 'Сайт',
    rules: missedBoth({ contactFields: [{ field: 'POSITION', value: 'Звонил на {lineName}' }] }),
  },
  ignored: { did: line(16), rules: {} },
  task: { did: line(17), rules: missedBoth({ task }) },
  unsortedOff: { did: line(18), rules: { missedUnknown: { create: 'unsorted' } } },
  ring: { did: line(20), rules: { incomingUnknown: { create: 'lead', when: 'ring' } } },
  answer: { did: line(21), label: 'Опт', rules: { incomingUnknown: { create: 'lead', when: 'answer' } } },
  end: { did: line(22), rules: { incomingKnown: { create: 'lead', when: 'end' } } },
  /** A ring group of 102, 103 and 104. */
  group: { did: '7002', rules: missedBoth({ responsible: ['first-rang'] }) },
  /** A menu. */
  menu: { did: '7004', rules: {} },
  /** Outbound calls go by the name of their trunk. */
  trunk: {
    did: 'trunk',
    rules: {
      outgoingUnknown: { create: 'lead', lead: { name: 'Звонили {phone}' } },
      outgoingKnown: { create: 'lead', changeOwner: 'always' },
      outgoingNotReached: { create: 'contact', task },
    },
  },
} as const
