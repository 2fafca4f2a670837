import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import type { FillPage } from '../fill-port.ts'
import type { CrmClient } from '../port.ts'
import type { Amocrm } from './amocrm.ts'

const { signal } = new AbortController()
const DAY = 86_400
let sandbox: Sandbox
let crm: Amocrm
let clock: number
beforeEach(async () => {
  clock = Date.parse('2026-11-20T08:00:00Z')
  sandbox = await startSandbox({ rateLimit: { perSecond: 100_000 }, clock: () => clock })
  crm = connectedCrm(sandbox, { now: () => clock })
})
afterEach(() => sandbox[Symbol.asyncDispose]())

const now = () => Math.floor(clock / 1000)
const fill = (count: number, createdAt: (at: number) => number) =>
  sandbox.addContacts(count, (at) => ({ name: `К${at}`, phones: [`+7900${1_000_000 + at}`], createdAt: createdAt(at) }))
/** Changed in different seconds, as people change them. */
const overYears = (at: number) => {
  clock += 1000
  return now() - 3000 * DAY + at * 50_000
}
const reads = () => sandbox.requests().filter(({ path }) => /contacts$|companies$/.test(path)).length

async function idsOf(pages: AsyncIterable<FillPage<CrmClient>>, most = Number.POSITIVE_INFINITY) {
  const ids = new Set<string>()
  let position: string | undefined
  let count = 0
  for await (const page of pages) {
    for (const { kind, id } of page.entities) ids.add(`${kind} ${id}`)
    position = page.position
    count += 1
    if (count >= most) break
  }
  return { ids, position }
}
const all = (position?: string, sideBySide = 6) => crm.allClients({ position, sideBySide }, signal)

describe('given an account that is read as a whole', () => {
  test.each([
    ['spread over years', (at: number) => now() - 3000 * DAY + at * 100_000],
    ['imported within ten minutes years ago', (at: number) => now() - 900 * DAY + (at % 600)],
    ['made in one second', () => now() - 500 * DAY],
    ['dated into the future', (at: number) => now() + at * DAY],
  ])(
    'when its contacts were %s, then each comes, in about as many requests as there are pages',
    async (_, createdAt) => {
      fill(2_500, createdAt)
      sandbox.addCompany({ name: 'Ромашка' })
      const { ids } = await idsOf(all())
      expect(ids.size).toBe(2_501)
      expect(reads()).toBeLessThan(45)
    },
  )

  test('when it is stopped and gone on with, then each has come, and what was read is not read again', async () => {
    fill(5_000, overYears)
    const first = await idsOf(all(), 15)
    sandbox.clearRequests()
    const rest = await idsOf(all(first.position))
    expect(first.ids.union(rest.ids).size).toBe(5_000)
    expect(first.ids.size + rest.ids.size).toBeLessThan(5_000 + 6 * 250)
  })

  test('when one changes and another is deleted meanwhile, then nobody else is missed', async () => {
    fill(2_000, overYears)
    const [changed, deleted] = [sandbox.contacts()[3]?.id ?? 0, sandbox.contacts()[700]?.id ?? 0]
    const ids = new Set<number>()
    let pages = 0
    for await (const page of all(undefined, 2)) {
      for (const { id } of page.entities) ids.add(id)
      pages += 1
      if (pages === 2) sandbox.deleteContact(deleted)
      if (pages === 3) sandbox.deleteContact(changed)
    }
    const there = sandbox.contacts().filter(({ deleted: gone }) => !gone)
    expect(there.filter(({ id }) => !ids.has(id))).toEqual([])
  })

  test('when a request fails, then the reading ends with its error and nothing is asked for any more', async () => {
    fill(3_000, (at) => now() - 3000 * DAY + at * 100_000)
    sandbox.fault({ match: { path: '/api/v4/contacts', nth: 5 }, do: { kind: 'server-error' } })
    await expect(idsOf(all())).rejects.toMatchObject({ name: 'CrmOutcomeUnknown' })
    const asked = reads()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(reads()).toBe(asked)
  })

  test('when the position is not understood, then it begins anew', async () => {
    fill(10, () => now())
    for (const position of ['', 'x', '{}', '{"names":["lead"],"startedAt":1,"windows":[]}']) {
      expect((await idsOf(all(position))).ids.size).toBe(10)
    }
  })

  test('open leads come with their contacts, closed ones do not', async () => {
    const contact = sandbox.addContact({ name: 'Иван' })
    const open = sandbox.addLead({ name: 'открыта', contacts: [contact] })
    sandbox.addLead({ name: 'выиграна', contacts: [contact], status: 142 })
    const leads = []
    for await (const page of crm.allOpenLeads({ position: undefined, sideBySide: 3 }, signal))
      leads.push(...page.entities)
    expect(leads.length).toBeGreaterThan(0)
    for (const lead of leads) {
      expect(lead).toMatchObject({ id: open, open: true, clients: [{ kind: 'contact', id: contact }] })
    }
  })

  test.each([0, 40, 3_000, 20_000])('about how many clients there are is known beforehand: %i', async (count) => {
    fill(count, () => now())
    let about = 0
    for await (const page of all()) {
      about = page.about
      break
    }
    if (count < 1000) expect(about).toBeLessThan(600)
    else expect(Math.abs(about / count - 1)).toBeLessThan(0.15)
    expect(reads()).toBeLessThan(40)
  })
})
