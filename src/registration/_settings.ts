import type { CallFacts } from './call-facts.ts'
import type { KindOfCall, KindRule, RuleBook } from './rules/kind-rule.ts'
import { kindsOfCall } from './rules/kind-rule.ts'
import { type RuleOverlay, ruleBookOf } from './rules/rule-book.ts'
import type { RegistrationSettings } from './settings.ts'

export const PHONE = '+79221532327'
export const [ANNA, BORIS, VERA] = [7_000_001, 7_000_002, 7_000_003]
/** A Friday at noon. */
export const NOON = Date.parse('2026-11-20T09:00:00Z')

const base: KindRule = {
  create: 'nothing',
  when: 'end',
  contactName: 'Звонок {phone}',
  lead: { name: 'Звонок {phone}', tags: [], unless: 'open-lead' },
  responsible: ['last-talked', 'card-owner', 'last-rang', 'default'],
  users: [],
  task: {
    enabled: false,
    text: 'Перезвонить: {phone}[ ({count})]',
    type: 1,
    minutes: 60,
    workingHours: false,
    owner: ['card-owner', 'last-rang', 'default'],
  },
  changeOwner: 'never',
  stages: [],
  note: '',
  contactFields: [],
  leadFields: [],
}
const makers: readonly KindOfCall[] = ['incomingUnknown', 'missedUnknown', 'outgoingUnknown', 'outgoingNotReached']

/** Every kind as plain as can be; unknown numbers become contacts. */
export const plainRules = Object.fromEntries(
  kindsOfCall.map((kind) => [kind, makers.includes(kind) ? { ...base, create: 'contact' } : base]),
) as RuleBook

export function rules(overlay: RuleOverlay = {}): RuleBook {
  return ruleBookOf(plainRules, overlay)
}

/** The same for every kind of call. */
export function everyKind(overlay: NonNullable<RuleOverlay[KindOfCall]>): RuleBook {
  return rules(Object.fromEntries(kindsOfCall.map((kind) => [kind, overlay])))
}

/** Anna and Boris are in the CRM; 555 is a phone in the hall. */
export function settingsWith(
  change: Partial<RegistrationSettings> = {},
  book: RuleBook = plainRules,
): RegistrationSettings {
  return {
    mode: 'on',
    lineModes: new Map(),
    personModes: new Map(),
    users: new Map([
      ['101', ANNA],
      ['102', BORIS],
    ]),
    names: new Map([
      ['101', 'Анна'],
      ['102', 'Борис'],
      ['555', ''],
    ]),
    defaultUser: VERA,
    country: 'RU',
    timeZone: 'Europe/Moscow',
    lineName: (line) => (line === '7001' ? 'Реклама' : line),
    isOpen: () => true,
    rulesOf: () => book,
    entities: ['lead', 'contact', 'company'],
    notePerPerson: false,
    seconds: 'all',
    popup: false,
    missedInMenu: 'nothing',
    hiddenNumberContact: undefined,
    ignore: { numbers: new Set(), patterns: [], extensions: new Set(), lines: new Set(), listed: () => false },
    onlyExtensions: new Set(),
    taskResult: 'Поговорили: {person}',
    firstStartAt: 0,
    quietAfterSeconds: 7200,
    ...change,
  }
}

/** An inbound call on line 7001 that Anna took. */
export function factsOf(change: Partial<CallFacts> = {}): CallFacts {
  return {
    uniq: 'main/1795164754.2',
    moment: 'end',
    direction: 'in',
    phone: PHONE,
    line: '7001',
    startedAt: NOON,
    endedAt: NOON + 10_000,
    answered: true,
    waitSeconds: 2,
    talkSeconds: 8,
    status: 'answered',
    talked: [{ extension: '101', seconds: 8 }],
    rang: ['101'],
    transfers: [],
    ivr: '',
    recordings: [],
    quietAt: NOON + 7_210_000,
    ...change,
  }
}

/** Nobody took it. */
export const missed = { answered: false, talkSeconds: 0, status: 'not-reached', talked: [] } as const
