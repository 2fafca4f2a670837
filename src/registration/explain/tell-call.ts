import type { Decision } from '../../store/crm-state-ports.ts'
import type { JobState, JournalEntry, StoredJob } from '../../store/ports.ts'
import { decisionsOf } from '../decisions-of.ts'
import type { Language } from './language.ts'
import { sentenceOf } from './sentences.ts'

export interface CallStory {
  readonly entry: Pick<JournalEntry, 'pbx' | 'id' | 'startedAt' | 'endedAt' | 'direction' | 'call'>
  /** Kept beside the call, in order. */
  readonly decisions: readonly Decision[]
  /** Its jobs, in the order in which they are carried out. */
  readonly jobs: readonly Pick<StoredJob, 'key' | 'kind' | 'state' | 'reason' | 'result'>[]
  /** Why the call left nothing in the CRM by the settings as they are now; undefined when it did. */
  readonly why: string | undefined
}

const words = {
  ru: {
    call: 'Звонок',
    none: 'В CRM ничего не записано',
    jobs: 'Записи в CRM:',
    states: {
      waiting: 'ждёт',
      sending: 'отправляется',
      unproven: 'проверяется',
      done: 'готово',
      dead: 'CRM не принимает',
    },
    why: {
      'not-ended': 'звонок ещё идёт',
      skipped: 'звонок исключён в диалплане или чёрным списком АТС',
      internal: 'внутренний звонок',
      'no-client-number': 'номер клиента не определён',
      'before-first-start': 'звонок был до первого запуска',
      'service-not-on': 'служба только наблюдает или выключена',
      'line-not-on': 'линия выключена или только наблюдается',
      'people-not-on': 'сотрудник выключен',
      'ignored-number': 'номер в списке игнорируемых',
      'ignored-line': 'линия в списке игнорируемых',
      'ignored-people': 'внутренний номер исключён настройкой',
      hook: 'так решил сценарий заказчика',
    },
  },
  en: {
    call: 'Call',
    none: 'Nothing was written to the CRM',
    jobs: 'Records in the CRM:',
    states: {
      waiting: 'waiting',
      sending: 'being sent',
      unproven: 'being proven',
      done: 'done',
      dead: 'the CRM does not take it',
    },
    why: {
      'not-ended': 'the call goes on',
      skipped: "the dialplan or the PBX's blacklist kept it out",
      internal: 'a call between colleagues',
      'no-client-number': 'there is no number of a client',
      'before-first-start': 'it was before the first start',
      'service-not-on': 'the service only watches or is off',
      'line-not-on': 'the line is off or only watched',
      'people-not-on': 'the person is off',
      'ignored-number': 'the number is ignored',
      'ignored-line': 'the line is ignored',
      'ignored-people': 'the extension is ignored',
      hook: "a customer's script said so",
    },
  },
} as const satisfies Record<
  Language,
  { readonly states: Record<JobState, string>; readonly why: Record<string, string>; readonly [word: string]: unknown }
>

/** The story of a call, a line each: what it was, one sentence a decision, and how its records stand. */
export function tellCall({ entry, decisions, jobs, why }: CallStory, language: Language): readonly string[] {
  const { call, none, jobs: records, states, why: reasons } = words[language]
  const head = `${call} ${entry.pbx}/${entry.id}: ${summary(entry)}`
  const known = decisions.length > 0 ? decisions : jobs.flatMap(({ result }) => decisionsOf(result))
  const sentences = known.map((decision) => `  ${time(decision.at)}  ${sentenceOf(decision, language)}`)
  if (jobs.length === 0) return [head, ...sentences, `${none}: ${reasonIn(reasons, why)}.`]
  const told = jobs.map(({ key, kind, state, reason }) => {
    const because = state !== 'done' && reason !== undefined ? `: ${reason}` : ''
    return `  ${key.slice(key.lastIndexOf(':') + 1)} (${kind}) – ${states[state]}${because}`
  })
  return [head, ...sentences, records, ...told]
}

function reasonIn(reasons: Readonly<Record<string, string>>, why: string | undefined): string {
  return why === undefined ? '?' : (reasons[why] ?? why)
}

/** What of a journalled call a person recognises it by. */
function summary({ startedAt, endedAt, direction, call }: CallStory['entry']): string {
  const told: Readonly<Record<string, unknown>> = typeof call === 'object' && call !== null ? { ...call } : {}
  const seconds = Math.round((endedAt - startedAt) / 1000)
  const parts = [
    new Date(startedAt).toISOString(),
    direction,
    told['client'],
    told['line'],
    told['result'],
    `${seconds} s`,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(', ')
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}
