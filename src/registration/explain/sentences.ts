import type { Decision } from '../../store/crm-state-ports.ts'
import { english } from './english.ts'
import type { Language, Sentences } from './language.ts'
import { russian } from './russian.ts'

const dictionaries: Readonly<Record<Language, Sentences>> = { ru: russian, en: english }

/** One sentence a decision. One that has no words yet (another room's, a later version's) is told by its code and facts. */
export function sentenceOf(
  { about, code, facts }: Pick<Decision, 'about' | 'code' | 'facts'>,
  language: Language,
): string {
  const template = dictionaries[language][`${about}/${code}`]
  if (template === undefined) {
    const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`)
    return `${about}: ${code}${told.length > 0 ? ` (${told.join(', ')})` : ''}.`
  }
  const has = (part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name = '']) => facts[name] !== undefined && facts[name] !== '')
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '?'))
  return fill(template.replaceAll(/\[([^\]]*)\]/g, (_, part: string) => (has(part) ? part : '')))
}
