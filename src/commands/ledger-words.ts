import type { Difference } from '../reconciliation/finding.ts'

/** What the ledger says, in a language people read. */
export interface LedgerWords {
  readonly pbx: string
  readonly noCalls: string
  readonly noLine: string
  readonly seen: string
  readonly leftOut: string
  readonly removed: string
  readonly notDue: string
  readonly lost: string
  readonly doubled: string
  readonly repaired: string
  readonly adopted: string
  readonly blind: string
  finding(kind: string): string
  /** Of a stable word; the word itself where nobody has translated it. */
  reason(why: string): string
  difference(one: Difference): string
}

const english: LedgerWords = {
  pbx: 'PBX',
  noCalls: 'no calls were looked at',
  noLine: 'no line',
  seen: 'seen there:',
  leftOut: 'left out',
  removed: 'removed by people',
  notDue: 'not yet due',
  lost: 'lost',
  doubled: 'doubled',
  repaired: 'repaired',
  adopted: 'of another connector',
  blind: 'nobody saw this time',
  finding: (kind) => (kind === 'right' ? 'right now' : kind),
  reason: (why) => englishReasons[why] ?? why,
  difference: ({ between, what, ours, theirs }) =>
    between === 'crm' ? `${what}: sent ${ours}, in the CRM ${theirs}` : `${what}: journal ${ours}, CEL ${theirs}`,
}

const englishReasons: Readonly<Record<string, string>> = {
  internal: 'internal',
  skipped: 'skipped on purpose',
  'no-client-number': 'hidden number',
  'before-first-start': 'before the first start',
  'service-not-on': 'service not on',
  'line-not-on': 'line not on',
  'people-not-on': 'people not on',
  'ignored-number': 'ignore list',
  'ignored-line': 'ignored line',
  'ignored-people': 'ignored people',
  hook: 'hook',
  rule: 'rule',
  forgotten: 'forgotten',
  missing: 'was missing',
  different: 'stood otherwise',
  gone: 'its note is gone',
  refused: 'the CRM refused it',
  'not-taken': 'the CRM keeps telling it otherwise',
  'second-note': 'a second note under our name',
  'foreign-note': 'a note of another connector',
  'better-witness': 'told by the better witness',
  'both-witnesses': 'neither the service nor CEL was there',
  'no-cel': 'the service was away and there is no CEL',
}

const russian: LedgerWords = {
  pbx: 'АТС',
  noCalls: 'звонки ещё не сверялись',
  noLine: 'без линии',
  seen: 'увидено там:',
  leftOut: 'не вносятся',
  removed: 'удалено людьми',
  notDue: 'ещё не срок',
  lost: 'потеряно',
  doubled: 'задвоено',
  repaired: 'исправлено',
  adopted: 'чужой интеграции',
  blind: 'этого времени никто не видел',
  finding: (kind) => russianFindings[kind] ?? kind,
  reason: (why) => russianReasons[why] ?? why,
  difference: ({ between, what, ours, theirs }) => {
    const field = russianFields[what] ?? what
    return between === 'crm'
      ? `${field}: отправлено ${ours}, в CRM ${theirs}`
      : `${field}: в журнале ${ours}, в CEL ${theirs}`
  },
}

const russianFindings: Readonly<Record<string, string>> = {
  right: 'теперь верно',
  registered: 'внесён',
  repaired: 'исправлен',
  'left-out': 'не вносится',
  'not-due': 'ещё не срок',
  failed: 'не внесён',
  'removed-by-people': 'удалён людьми',
  adopted: 'внесён другой интеграцией',
  doubled: 'задвоен',
}

const russianFields: Readonly<Record<string, string>> = {
  direction: 'направление',
  client: 'клиент',
  answered: 'отвечен',
  result: 'итог',
  status: 'статус',
  seconds: 'секунды',
  person: 'сотрудник',
  people: 'говорившие',
  responsible: 'ответственный',
}

const russianReasons: Readonly<Record<string, string>> = {
  internal: 'внутренний',
  skipped: 'пропущен намеренно',
  'no-client-number': 'скрытый номер',
  'before-first-start': 'до первого запуска',
  'service-not-on': 'служба не включена',
  'line-not-on': 'линия не включена',
  'people-not-on': 'сотрудники не включены',
  'ignored-number': 'список исключений',
  'ignored-line': 'исключённая линия',
  'ignored-people': 'исключённые сотрудники',
  hook: 'скрипт',
  rule: 'правило',
  forgotten: 'забыт по просьбе или сроку',
  missing: 'отсутствовал',
  different: 'в CRM было иначе',
  gone: 'примечания больше нет',
  refused: 'CRM отказала',
  'not-taken': 'CRM снова показывает иное',
  'second-note': 'второе примечание от нашего имени',
  'foreign-note': 'примечание другой интеграции',
  'better-witness': 'рассказан лучшим свидетелем',
  'both-witnesses': 'не было ни службы, ни CEL',
  'no-cel': 'службы не было, а CEL нет',
}

export const ledgerWords: Readonly<Record<'ru' | 'en', LedgerWords>> = { en: english, ru: russian }
