import type { AlertMessage } from './alert-book.ts'
import type { AlertKind } from './conditions.ts'
import type { Note } from './delivery.ts'

export type Language = 'ru' | 'en'

type Facts = AlertMessage['facts']
type Sentence = Readonly<Record<Language, (facts: Facts) => string>>

/** What is wrong, in one sentence, and what helps. */
export function saysAlert(kind: AlertKind, facts: Facts, language: Language): string {
  return sentences[kind][language](facts)
}

/** The whole message: which PBX, what, and since when where it is not new. */
export function alertText(pbx: string, { phase, kind, facts, since, at }: AlertMessage, language: Language): string {
  const words = phases[phase][language]
  const lasted = phase === 'began' ? '' : ` (${forHowLong(at - since, language)})`
  return `Callweave, ${pbx}: ${words}${lasted}. ${saysAlert(kind, facts, language)}`
}

const phases: Readonly<Record<AlertMessage['phase'], Readonly<Record<Language, string>>>> = {
  began: { ru: 'неполадка', en: 'trouble' },
  lasts: { ru: 'неполадка продолжается', en: 'trouble goes on' },
  over: { ru: 'неполадка устранена', en: 'trouble is over' },
}

function forHowLong(ms: number, language: Language): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours === 0) return language === 'ru' ? `${minutes} мин` : `${minutes} min`
  return language === 'ru' ? `${hours} ч ${rest} мин` : `${hours} h ${rest} min`
}

const sentences: Readonly<Record<AlertKind, Sentence>> = {
  'ari-link-lost': {
    ru: ({ reason }) => `Нет связи с Asterisk: ${reason}. Звонки идут обычным маршрутом АТС, карточек нет.`,
    en: ({ reason }) => `No link to Asterisk: ${reason}. Calls take the PBX's own route, there are no cards.`,
  },
  'crm-needs-person': {
    ru: ({ what }) => `CRM не пускает, нужен человек: ${what}. Записи о звонках ждут и не потеряются.`,
    en: ({ what }) =>
      `The CRM lets nobody in, a person is needed: ${what}. What is to be written waits and is not lost.`,
  },
  'crm-refuses': {
    ru: ({ reason }) => `CRM временно не принимает запросы: ${reason}. Записи о звонках ждут.`,
    en: ({ reason }) => `The CRM takes no requests for now: ${reason}. What is to be written waits.`,
  },
  'dead-letters': {
    ru: ({ count }) => `CRM отказалась принять записей: ${count}. Посмотрите: callweave outbox --dead.`,
    en: ({ count }) => `The CRM will not take ${count} of our writes. Look at them: callweave outbox --dead.`,
  },
  'success-below': {
    ru: ({ percent, missing }) => `За последний час в CRM ${percent} % звонков, не дошло: ${missing}.`,
    en: ({ percent, missing }) => `Of the last hour's calls ${percent} % are in the CRM, ${missing} are not.`,
  },
  'certificate-ends': {
    ru: ({ days }) => `Сертификат HTTPS заканчивается, дней: ${days}. Потом карточки в CRM перестанут открываться.`,
    en: ({ days }) => `The HTTPS certificate ends in ${days} days. After that the CRM shows no cards.`,
  },
  'disk-low': {
    ru: ({ directory, gigabytes }) => `Мало места на диске: ${directory}, свободно ${gigabytes} ГБ.`,
    en: ({ directory, gigabytes }) => `Little space on the disk of ${directory}: ${gigabytes} GB are free.`,
  },
  'database-unreachable': {
    ru: ({ minutes }) =>
      `База CDR/CEL недоступна ${minutes} мин. Звонки регистрируются, но пропущенное не восстановить.`,
    en: ({ minutes }) =>
      `The CDR/CEL database cannot be reached for ${minutes} min. Calls are registered; what was missed cannot be caught up.`,
  },
  'test-call-failed': {
    ru: ({ step }) => `Проверочный звонок не прошёл, шаг: ${step}. Повторить: callweave testcall.`,
    en: ({ step }) => `The test call failed at the step: ${step}. Once more: callweave testcall.`,
  },
  'restarted-after-crash': {
    ru: () => 'Служба была запущена заново после сбоя. Пропущенные звонки восстанавливаются из CEL.',
    en: () => 'The service was started anew after a crash. Calls it missed are caught up from CEL.',
  },
}

/** What `callweave alerts test` sends. @param at epoch milliseconds */
export function trialNote(pbx: string, language: Language, at: number): Note {
  return { text: trials[language](pbx), body: { pbx, phase: 'trial', kind: 'trial', facts: {}, since: at, at } }
}

const trials: Readonly<Record<Language, (pbx: string) => string>> = {
  ru: (pbx) => `Callweave, ${pbx}: это проверка, всё в порядке.`,
  en: (pbx) => `Callweave, ${pbx}: this is a trial, all is well.`,
}
