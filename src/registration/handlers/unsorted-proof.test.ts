import { expect, test } from 'vitest'
import type { IncomingNumber } from '../../store/ports.ts'
import { proveUnsorted } from './unsorted-creation.ts'

const KEY = '9221532327'
const UNIQ = 'main/1795164754.7'
const LEAD = { uniq: UNIQ, uid: 'uid-1', lead: 901, contact: 501 }

/** @param waiting what each look at the incoming leads finds, one after another */
async function prove(...waiting: readonly (readonly (typeof LEAD)[])[]) {
  const remembered: IncomingNumber[] = []
  const looks = [...waiting]
  const deps = {
    now: () => 100_000,
    index: { rememberIncoming: async (numbers: readonly IncomingNumber[]) => void remembered.push(...numbers) },
    crm: {
      incomingLeadsSince: async () => looks.shift() ?? [],
      leadCallNotesSince: async () => [{ uniq: UNIQ, entity: { kind: 'lead', id: LEAD.lead } }],
    },
  }
  const job = { lane: KEY, firstAttemptAt: 60_000, payload: { call: { uniq: UNIQ, phone: `+7${KEY}` } } }
  const proofs = await proveUnsorted(
    deps as unknown as Parameters<typeof proveUnsorted>[0],
    [job as unknown as Parameters<typeof proveUnsorted>[1][number]],
    new AbortController().signal,
  )
  return { proofs, remembered: remembered.map(({ uid }) => uid), looks: looks.length }
}

const found = [{ kind: 'found', result: { kind: 'unsorted', lead: LEAD.lead } }]

test('given a request that is executed between the two looks, when it is proven, then its number is remembered as waiting', async () => {
  expect(await prove([], [LEAD])).toEqual({ proofs: found, remembered: ['uid-1'], looks: 0 })
})

test('given an incoming lead that was accepted meanwhile, when it is proven, then nothing waits', async () => {
  expect(await prove([], [])).toEqual({ proofs: found, remembered: [], looks: 0 })
})

test('given an incoming lead that waits, when it is proven, then one look is enough', async () => {
  expect(await prove([LEAD], [])).toEqual({ proofs: found, remembered: ['uid-1'], looks: 1 })
})
