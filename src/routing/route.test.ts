import { describe, expect, test } from 'vitest'
import { contact, facts, line, office, type Standing } from './_route-facts.ts'
import { chooseRoute } from './route.ts'

const ring = (why: string, extension: string) => ({
  kind: 'ring',
  why,
  extension,
  seconds: 15,
  callerName: 'Иван Петров',
})
const standing = (some: Standing) => facts({ people: office(some) })

describe('given a client who is named by every step', () => {
  const offDuty = ['103', '101', '102', '104', '105']
  test.each([
    ['owner-of-open-lead', '103'],
    ['owner-of-contact', '101'],
    ['owner-of-company', '102'],
    ['talked-last', '104'],
    ['list-of-line', '105'],
  ])('when those before cannot, then the turn is of %s', (why, extension) => {
    const before = offDuty.slice(0, offDuty.indexOf(extension))
    const route = chooseRoute(standing({ offDuty: before }))
    expect(route).toMatchObject(ring(why, extension))
    expect(route.skipped.map((each) => [each.extension, each.why])).toEqual(before.map((each) => [each, 'off-duty']))
  })

  test('when nobody can, then the default route is taken under the client’s name, with everybody’s reason', () => {
    const route = chooseRoute(
      standing({ dismissed: [3], notOn: ['101'], unregistered: ['102'], undisturbed: ['104'], talking: ['105'] }),
    )
    expect(route).toEqual({
      kind: 'default',
      why: 'nobody-free',
      callerName: 'Иван Петров',
      skipped: [
        { named: 'owner-of-open-lead', user: 3, extension: '103', why: 'dismissed' },
        { named: 'owner-of-contact', user: 1, extension: '101', why: 'not-on' },
        { named: 'owner-of-company', user: 2, extension: '102', why: 'unregistered' },
        { named: 'talked-last', extension: '104', why: 'do-not-disturb' },
        { named: 'list-of-line', extension: '105', why: 'talking' },
      ],
    })
  })

  test('when the line has another order, then that counts and what it leaves out is not asked for', () => {
    const own = { ...line, order: ['list', 'company'] as const }
    expect(chooseRoute(facts({ line: own }))).toMatchObject(ring('list-of-line', '105'))
    expect(chooseRoute(facts({ line: own, people: office({ talking: ['105', '102'] }) }))).toMatchObject({
      why: 'nobody-free',
    })
  })
})

test('given several open leads, when the owner of the latest cannot, then the next lead’s owner is asked for', () => {
  const route = chooseRoute(
    facts({ leads: [{ owner: 4 }, { owner: 0 }, { owner: 5 }], people: office({ talking: ['104'] }) }),
  )
  expect(route).toMatchObject({ why: 'owner-of-open-lead', extension: '105' })
})

test('given somebody whom two steps name, when they are skipped, then that is told once', () => {
  const people = office({ talking: ['101'] })
  const route = chooseRoute(facts({ leads: [{ owner: 1 }], lastTalk: { extension: '101' }, people }))
  expect(route.skipped).toEqual([{ named: 'owner-of-open-lead', user: 1, extension: '101', why: 'talking' }])
})

test('given a line that rings whoever talks or has no phone there, when asked, then it does', () => {
  const people = office({ talking: ['103'], unregistered: ['103'] })
  const tolerant = { ...line, whenTalking: 'ring', whenUnregistered: 'ring' } as const
  expect(chooseRoute(facts({ people, line: tolerant }))).toMatchObject({ extension: '103', skipped: [] })
})

test('given owners without a phone here, when asked, then it is told which users those are, the dismissed as such', () => {
  const clients = [
    { ...contact, owner: 77 },
    { ...contact, owner: 78 },
  ]
  const only = { ...line, order: ['contact'] as const }
  expect(chooseRoute(facts({ clients, line: only, people: office({ dismissed: [78] }) }))).toMatchObject({
    why: 'nobody-free',
    skipped: [
      { user: 77, why: 'no-extension' },
      { user: 78, why: 'dismissed' },
    ],
  })
})

test('given an unknown caller, when the line has a list, then that is rung; without one the default route is taken', () => {
  const unknown = { clients: [], leads: [], lastTalk: undefined }
  expect(chooseRoute(facts(unknown))).toEqual({
    kind: 'ring',
    why: 'list-of-line',
    extension: '105',
    seconds: 15,
    skipped: [],
  })
  const noList = { ...unknown, line: { ...line, list: [] } }
  expect(chooseRoute(facts(noList))).toEqual({ kind: 'default', why: 'unknown-client', skipped: [] })
  expect(chooseRoute(facts({ ...noList, indexComplete: false }))).toMatchObject({ why: 'index-not-complete' })
})

test('given a client of nobody, when the order names nobody, then that is the reason', () => {
  const clients = [{ ...contact, owner: 0 }]
  expect(chooseRoute(facts({ clients, leads: [], lastTalk: undefined, line: { ...line, list: [] } }))).toMatchObject({
    why: 'nobody-named',
  })
})

test.each([
  ['a line that keeps its route', { line: { ...line, routing: false } }, 'line-keeps-default-route'],
  ['a colleague who calls from a mobile', { isStaff: true }, 'caller-is-staff'],
  ['a closed line', { open: false }, 'outside-hours'],
])('given %s, when a known client calls, then nobody is rung and the name is told', (_what, change, why) => {
  expect(chooseRoute(facts(change))).toEqual({ kind: 'default', why, callerName: 'Иван Петров', skipped: [] })
})

test('given a line or service that is not on, when asked, then the call is left alone', () => {
  for (const mode of ['watch', 'off'] as const)
    expect(chooseRoute(facts({ line: { ...line, mode } }))).toEqual({
      kind: 'default',
      why: 'line-not-on',
      skipped: [],
    })
})

describe('given a template of what phones show', () => {
  const shown = (callerName: string, change: Parameters<typeof facts>[0] = {}) =>
    chooseRoute(facts({ line: { ...line, callerName }, ...change })).callerName

  test('when a client calls, then line, name and company stand in it', () => {
    expect(shown('{line}: {name} ({company})')).toBe('Реклама: Иван Петров (Ромашка)')
    expect(shown('{line} / {name} / {company}', { clients: [contact] })).toBe('Реклама / Иван Петров')
  })

  test('when a stranger calls, then what the trunk called them stays beside the line', () => {
    const stranger = { clients: [], leads: [], displayName: 'ROMASHKA LLC' }
    expect(shown('{line} {name}', stranger)).toBe('Реклама ROMASHKA LLC')
    expect(shown('{name}', stranger)).toBeUndefined()
    expect(shown('{line} {name}', { ...stranger, displayName: '' })).toBe('Реклама')
  })

  test('when a company calls, then it is not named twice', () => {
    expect(shown('{name} {company}', { clients: facts().clients.slice(0, 1) })).toBe('Ромашка')
  })
})
