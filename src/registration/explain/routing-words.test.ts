import { expect, test } from 'vitest'
import { english } from './english.ts'
import { russian } from './russian.ts'
import { sentenceOf } from './sentences.ts'

/** What `routing/` writes down (src/routing/candidate.ts, route.ts); a room that this one may not import. */
const codes = [
  'owner-of-open-lead owner-of-contact owner-of-company talked-last list-of-line',
  'skipped-no-extension skipped-dismissed skipped-not-on skipped-off-duty skipped-unregistered skipped-do-not-disturb skipped-talking',
  'caller-is-staff outside-hours index-not-complete unknown-client nobody-named nobody-free',
].flatMap((some) => some.split(' '))

test('given every decision of routing, when it is told, then there are words for it in both languages', () => {
  for (const code of codes) expect([english[`route/${code}`], russian[`route/${code}`]], code).not.toContain(undefined)
})

test('given somebody who was passed over, when it is told, then who and why', () => {
  const skipped = {
    about: 'route',
    code: 'skipped-dismissed',
    facts: { named: 'owner-of-contact', user: 7, extension: '103' },
  }
  expect(sentenceOf(skipped, 'ru')).toBe('Распределение: пропущен пользователь 7 (внутренний 103): уволен.')
  expect(sentenceOf({ ...skipped, facts: { user: 7 } }, 'en')).toBe('Routing: user 7 was passed over: dismissed.')
})
