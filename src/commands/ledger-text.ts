import type { Difference } from '../reconciliation/finding.ts'
import type { LedgerDay, LedgerSum, Notable } from '../reconciliation/ledger.ts'
import { type LedgerWords, ledgerWords } from './ledger-words.ts'

export interface LedgerTextOptions {
  readonly lang: 'ru' | 'en'
  readonly timeZone: string | undefined
}

/** The ledger for people: a sentence a day, one a line where there are several, then the calls to look at. */
export function tellLedger(days: readonly LedgerDay[], { lang, timeZone }: LedgerTextOptions): string {
  const words = ledgerWords[lang]
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return days.map((day) => `${tellDay(day, words, (at) => time.format(at)).join('\n')}\n`).join('\n')
}

function tellDay({ day, all, lines, notable, blind }: LedgerDay, words: LedgerWords, time: Time): readonly string[] {
  if (all.pbx === 0) return [`${day}  ${words.noCalls}`]
  const several = Object.keys(lines).length > 1
  return [
    `${day}  ${sentence(all, words)}`,
    ...(several
      ? Object.entries(lines).map(([line, sum]) => `  ${line || words.noLine}: ${sentence(sum, words)}`)
      : []),
    ...blind.map(({ from, to, why }) => `  ${words.blind}: ${time(from)} – ${time(to)} (${words.reason(why)})`),
    ...notable.map((call) => `  ${tellCall(call, words, time)}`),
  ]
}

type Time = (at: number) => string

function sentence(sum: LedgerSum, words: LedgerWords): string {
  const { pbx, crm, seenInCrm, leftOut, causes, removedByPeople, notDue, lost, doubled, adopted, repaired } = sum
  const told = Object.entries(causes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, number]) => `${words.reason(cause)} ${number}`)
  const parts = [
    seenInCrm < crm ? `CRM ${crm} (${words.seen} ${seenInCrm})` : `CRM ${crm}`,
    leftOut > 0 ? `${words.leftOut} ${leftOut} (${told.join(', ')})` : `${words.leftOut} 0`,
    `${words.removed} ${removedByPeople}`,
    ...(notDue > 0 ? [`${words.notDue} ${notDue}`] : []),
    ...(lost > 0 ? [`${words.lost} ${lost}`] : []),
  ]
  const rest = [`${words.lost} ${lost}`, `${words.doubled} ${doubled}`, `${words.repaired} ${repaired}`]
  if (adopted > 0) rest.push(`${words.adopted} ${adopted}`)
  return `${words.pbx} ${pbx} = ${parts.join(' + ')}; ${rest.join(', ')}`
}

function tellCall({ id, startedAt, line, finding, why, detail, differs }: Notable, words: LedgerWords, time: Time) {
  const tellings = isDifferences(differs) ? differs.map((one) => words.difference(one)) : []
  const facts = [words.reason(why), ...(detail ? [detail.replaceAll(/\p{C}+/gu, ' ')] : []), ...tellings]
  return `${time(startedAt)}  ${id}  ${line}  ${words.finding(finding)}: ${facts.join('; ')}`
}

function isDifferences(value: unknown): value is readonly Difference[] {
  return Array.isArray(value)
}
