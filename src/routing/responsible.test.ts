import { expect, test } from 'vitest'
import { contact, line, office } from './_route-facts.ts'
import { createFindResponsible, type ResponsibleDeps } from './responsible.ts'

function find(change: Partial<ResponsibleDeps> = {}) {
  const reads: string[] = []
  const found = createFindResponsible({
    index: {
      lookup: async (key) => {
        reads.push(`clients ${key}`)
        return contact.keys.includes(key) ? [contact] : []
      },
      progress: async () => ({ complete: true, cursor: 0, clients: 1 }),
    },
    leads: {
      openLeadsOf: async () => {
        reads.push('leads')
        return []
      },
    },
    lastTalks: {
      with: async () => {
        reads.push('talk')
        return undefined
      },
    },
    people: office(),
    isOpen: () => true,
    isStaffMobile: () => false,
    country: () => 'RU',
    ...change,
  })
  const ask = (number: string, rule = line) => found({ line: rule, did: '7001', number, displayName: '', at: 10_000 })
  return { ask, reads }
}

test('given a client however the number is spelt, when asked, then the owner is found', async () => {
  for (const number of ['8 (922) 153-23-27', '+79221532327', '9221532327'])
    expect(await find().ask(number)).toMatchObject({ kind: 'ring', why: 'owner-of-contact', extension: '101' })
})

test('given a withheld or absurd number, when asked, then the line’s list is all there is', async () => {
  for (const number of ['', 'anonymous', 'sip:x@y', '1'.repeat(30)])
    expect(await find().ask(number)).toMatchObject({ kind: 'ring', why: 'list-of-line' })
})

test('given an order without leads and talks, when asked, then neither is read', async () => {
  const { ask, reads } = find()
  await ask('+79221532327', { ...line, order: ['contact'] })
  expect(reads).toEqual(['clients 9221532327'])
})

test('given a line that keeps its own route, when asked, then only the name is looked up', async () => {
  const { ask, reads } = find()
  expect(await ask('+79221532327', { ...line, routing: false })).toMatchObject({ callerName: 'Иван Петров' })
  expect(reads).toEqual(['clients 9221532327'])
})

test('given a colleague’s mobile, when it calls, then nobody is rung first', async () => {
  const { ask } = find({ isStaffMobile: (number) => number === '+79990001122' })
  expect(await ask('+79990001122')).toMatchObject({ kind: 'default', why: 'caller-is-staff' })
})
