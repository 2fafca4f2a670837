import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CallNoteView } from '../amocrm-sandbox/state/views.ts'
import { type Compared, compare } from '../faults/campaign-check.ts'
import type { ExperiencedCall } from '../faults/campaign-experienced.ts'
import { HARMS, planCampaign } from '../faults/campaign-plan.ts'
import { campaignReport, held } from '../faults/campaign-report.ts'
import { runCampaign } from '../faults/campaign-run.ts'

// The short form of `npm run faults`: docs/faults.md.

/** Draws each of the three once, within the time there is. */
const SEED = 12

test('given calls while service, Asterisk, database, disk and CRM fail, then PBX and CRM agree: nothing lost, doubled or wrong', {
  timeout: 150_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-faults-'))
  const plan = planCampaign({
    ...{ seed: SEED, calls: 60, lastsMs: 23_000, brisk: true },
    harms: ['crash-asterisk', 'kill-on-full-disk', 'crash-database'],
  })
  const signal = AbortSignal.timeout(140_000)
  const options = { asterisk: '22', plan, directory, settleMs: 60_000, log: () => {}, signal } as const
  const outcome = await runCampaign(options)
  expect(held(outcome), campaignReport(outcome, SEED, directory)).toBe(true)
  expect(outcome.verdict.inPbx).toBeGreaterThan(50)
  expect([...outcome.harms.keys()]).toEqual(['crash-asterisk', 'kill-on-full-disk', 'crash-database'])
  await rm(directory, { recursive: true, force: true })
})

test('given the same seed then the same plan; another one, another plan; both witnesses are never blind for one call', () => {
  const plan = (seed: number) => planCampaign({ seed, calls: 500, lastsMs: 300_000 })
  expect(plan(7)).toEqual(plan(7))
  expect(plan(7)).not.toEqual(plan(8))
  expect(new Set(plan(7).harms.map(({ harm }) => harm))).toEqual(new Set(HARMS))
  expect(plan(7).calls.flatMap(({ numbers }) => numbers)).toHaveLength(500)
  const live = ['kill-service', 'stop-service', 'freeze-service', 'cut-ari', 'crash-asterisk', 'kill-on-full-disk']
  for (const seed of Array.from({ length: 50 }, (_, index) => index)) {
    const { harms, calls } = plan(seed)
    expect(new Set(calls.flatMap(({ numbers }) => numbers)).size).toBe(500)
    for (const blind of harms.filter(({ harm }) => harm === 'crash-database'))
      for (const other of harms.filter(({ harm }) => live.includes(harm))) {
        const [first, second] = [blind, other].toSorted((a, b) => a.at - b.at)
        expect(Number(second?.at) - Number(first?.at) - Number(first?.lastsMs)).toBeGreaterThan(7_000)
      }
  }
})

const talked: ExperiencedCall = {
  ...{ number: '+79030100000', kind: 'talk', direction: 'in', beganAt: 100_000, endedAt: 104_000 },
  ...{ reached: true, answered: true, answeredAt: 101_000, seconds: 3, person: '110' },
}
const missed: ExperiencedCall = {
  ...{ number: '+79034100007', kind: 'refused', direction: 'in', beganAt: 100_000, endedAt: 100_200 },
  ...{ reached: true, answered: false },
}

function note(changes: Partial<CallNoteView>): CallNoteView {
  return {
    ...{ id: 1, entity: { type: 'contacts', id: 1 }, author: 1, owner: 1, createdAt: 0, updatedAt: 0 },
    ...{ triggersAutomation: false, origin: 'notes', source: '', link: '', result: '', uniq: 'campaign/1' },
    ...{ direction: 'in', phone: talked.number, seconds: 3, status: 4, responsible: 7_000_110 },
    ...changes,
  }
}
const ofMissed = note({ phone: missed.number, status: 6, seconds: 0, responsible: 1 })

function wrong(notes: readonly CallNoteView[], changes: Partial<Compared> = {}) {
  const { wrong } = compare({
    ...{ experienced: [talked, missed], records: new Map(), contacts: [], deaths: [], notes },
    userOf: (extension) => 7_000_000 + Number(extension),
    responsibleForMissed: () => 1,
    ...changes,
  })
  return wrong.map(({ what, number }) => `${what} ${number}`)
}

test('given a CRM that has each call once, then the checker finds nothing', () => {
  expect(wrong([note({}), ofMissed])).toEqual([])
})

test.each([
  ['lost', [ofMissed]],
  ['doubled', [note({}), note({ uniq: 'campaign/2' }), ofMissed]],
  ['seconds', [note({ seconds: 5 }), ofMissed]],
  ['person', [note({ responsible: 7_000_111 }), ofMissed]],
  ['outcome', [note({ status: 6 }), ofMissed]],
  ['direction', [note({ direction: 'out' }), ofMissed]],
] as const)('given a call that is %s in the CRM, then the checker says so', (what, notes) => {
  expect(wrong(notes)).toEqual([`${what} ${talked.number}`])
})

test('given a note of a call nobody made, or a missed one of somebody else, then the checker says so', () => {
  expect(wrong([note({}), ofMissed, note({ phone: '+79039999999' })])).toEqual(['invented +79039999999'])
  expect(wrong([note({}), note({ ...ofMissed, responsible: 2 })])).toEqual([`person ${missed.number}`])
})

test('given a call cut by the death of Asterisk, then its seconds are not compared, and losing it still counts', () => {
  const deaths = [{ from: 103_000, until: 106_000 }]
  expect(wrong([note({ seconds: 1 }), ofMissed], { deaths })).toEqual([])
  expect(wrong([ofMissed], { deaths })).toEqual([`lost ${talked.number}`])
})

test("given a call that only the PBX's own tables know, then losing it counts", () => {
  const records = new Map([[missed.number, { linkedids: ['1.1'], cel: 4, cdr: 1, answeredBy: [] }]])
  const unseen = { ...missed, reached: false }
  expect(wrong([note({})], { records, experienced: [talked, unseen] })).toEqual([`lost ${missed.number}`])
  expect(wrong([note({})], { experienced: [talked, unseen] })).toEqual([])
})
