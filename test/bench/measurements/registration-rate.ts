import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Figure, Measurement } from '../measurement.ts'
import { type CrmState, endedCall, knownPhone, startRegistering, unknownPhone } from '../registering.ts'
import { median } from '../statistics.ts'

const REQUESTS_PER_SECOND = 6
/** amoCRM's ceiling for a request. */
const ITEMS = 250
const BASE_MS = 150
const ITEM_MS = 3

/** A thousand calls that ended at once: what the outbox makes of them. */
export const registrationRate: Measurement = {
  name: 'registration-rate',
  title: 'a thousand calls registered at once',
  async run(bench) {
    const calls = bench.quick ? 200 : 1_000
    const known = await rounds(bench, 'known', calls)
    const unknown = await rounds(bench, 'unknown', calls)
    const figure = (what: string, took: readonly number[], lists: number, most: number): Figure => ({
      what,
      unit: 's',
      ours: median(took) / 1000,
      baseline: { what: theory(calls, lists), value: leastSeconds(calls, lists) },
      target: { of: 'ours', most },
    })
    return {
      figures: [
        figure(`${calls} calls of ${calls} known clients`, known.took, 1, 2.5),
        figure(`${calls} calls of ${calls} unknown numbers, contact, lead and note each`, unknown.took, 3, 10),
      ],
      notes: [
        `Medians of ${known.took.length} rounds, from the first look at the waiting jobs to the last acknowledged one: known ${seconds(known.took)}, unknown ${seconds(unknown.took)}. The CRM emulator stands in a process of its own, takes 7 requests a second and answers after ${BASE_MS} ms and ${ITEM_MS} ms an item.`,
        `Known: ${summary(known.crm)}. Unknown: ${summary(unknown.crm)}.`,
      ],
    }
  },
}

async function rounds(bench: Bench, kind: 'known' | 'unknown', calls: number) {
  const folder = await bench.directory()
  const took: number[] = []
  let crm: CrmState | undefined
  for (let round = 0; round < (bench.quick ? 1 : 5); round += 1) {
    bench.signal.throwIfAborted()
    const directory = join(folder, `${kind}-${round}`)
    await mkdir(directory)
    await using registering = await startRegistering({
      directory,
      known: kind === 'known' ? calls : 10,
      ...(kind === 'unknown' && { rules: { incomingUnknown: { create: 'lead', when: 'end' } } }),
    })
    await registering.follow()
    const phone = kind === 'known' ? knownPhone : unknownPhone
    await registering.register(Array.from({ length: calls }, (_, at) => endedCall(`${1795000000 + at}.1`, phone(at))))
    took.push(await registering.drain(120_000))
    crm = await registering.crm()
    if (crm.distinct !== calls || crm.notes !== calls) throw new Error(`${crm.notes} notes of ${calls} calls`)
    if (kind === 'unknown' && crm.leads !== calls) throw new Error(`${crm.leads} leads of ${calls} calls`)
    bench.say(`${kind}: ${((took.at(-1) ?? 0) / 1000).toFixed(2)} s; ${timeline(crm)}`)
  }
  if (crm === undefined) throw new Error('nothing was measured')
  return { took, crm }
}

/** What the CRM takes at the very least: full requests, none waiting for another of its kind, one after the other where one needs the other. */
function leastSeconds(calls: number, lists: number): number {
  const requests = Math.ceil(calls / ITEMS)
  const last = (BASE_MS + ITEM_MS * Math.min(calls, ITEMS)) / 1000
  return ((requests * lists - 1) * 1) / REQUESTS_PER_SECOND + last
}

function theory(calls: number, lists: number): string {
  return `${Math.ceil(calls / ITEMS) * lists} full requests at ${REQUESTS_PER_SECOND}/s and one answer`
}

function seconds(took: readonly number[]): string {
  return took.map((ms) => (ms / 1000).toFixed(2)).join(', ')
}

function summary({ requests, refused, notes }: CrmState): string {
  const by = Map.groupBy(requests, ([, what]) => what)
  const told = [...by].map(([what, all]) => `${all.length} ${what}`).join(', ')
  return `${notes} notes with ${requests.length} requests, ${refused} refused (${told})`
}

function timeline({ requests }: CrmState): string {
  const first = requests[0]?.[0] ?? 0
  return requests.map(([at, what, items]) => `${at - first} ${what.split('/').slice(3).join('/')} ${items}`).join(', ')
}
