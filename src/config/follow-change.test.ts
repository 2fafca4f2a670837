import { expect, test } from 'vitest'
import { followChange } from './follow-change.ts'
import { checkConfig } from './load.ts'

const config = (change: Readonly<Record<string, unknown>> = {}) =>
  checkConfig(
    {
      asterisk: { ari: { password: 'ari' } },
      crm: { url: 'https://acme.amocrm.ru', token: 'crm' },
      staff: { people: [{ extension: '101', token: 'a-token-of-16-characters' }] },
      lines: [{ did: '7001' }],
      ...change,
    },
    'config.json',
  )
const started = config()

test('given the same file, when it is followed, then nothing changes', () => {
  expect(followChange(started, started, config())).toMatchObject({ applied: [], waiting: [], dialplan: false })
})

test('given other people, lines and hours, when they are followed, then they hold', () => {
  const file = config({ staff: { people: [] }, lines: [{ did: '7002' }], hours: { week: { mon: ['09:00-18:00'] } } })
  const { config: held, applied, waiting, dialplan } = followChange(started, started, file)
  expect(applied.toSorted()).toEqual(['hours', 'lines', 'staff.people'])
  expect([held.staff, held.lines, held.hours]).toEqual([file.staff, file.lines, file.hours])
  expect(waiting).toEqual([])
  expect(dialplan).toBe(true)
})

test('given a token that is another one, when it is followed, then that is seen and shown to nobody', () => {
  const file = config({ staff: { people: [{ extension: '101', token: 'b-token-of-16-characters' }] } })
  expect(followChange(started, started, file).applied).toEqual(['staff.people'])
})

test('given what a running service cannot change, when it is followed, then the old holds and waits to be told', () => {
  const file = config({
    service: { mode: 'on' },
    numbers: { country: 'KZ' },
    rules: { noteSource: 'Other', defaultUser: 5 },
    crm: { url: 'https://acme.amocrm.ru', token: 'renewed' },
  })
  const { config: held, applied, waiting } = followChange(started, started, file)
  expect(held).toMatchObject({ service: { mode: 'watch' }, numbers: { country: 'RU' } })
  expect(held.rules).toMatchObject({ noteSource: 'Callweave', defaultUser: 5 })
  expect(applied).toEqual(['rules.defaultUser'])
  expect(waiting.toSorted()).toEqual(['numbers.country', 'rules.noteSource', 'service.mode'])
})

test('given lines whose place after an unanswered ring differs, when they are followed, then the dialplan is old', () => {
  const place = (whenUnanswered: string, on = true) =>
    config({ lines: [{ did: '7001', routing: { on, whenUnanswered } }] })
  const [one, other] = [place('ext-queues,700,1'), place('ext-queues,701,1')]
  expect(followChange(started, one, other).dialplan).toBe(true)
  expect(followChange(started, started, place('ext-queues,700,1', false)).dialplan).toBe(false)
  expect(followChange(started, started, config({ lines: [{ did: '7001', label: 'New' }] })).dialplan).toBe(false)
})
