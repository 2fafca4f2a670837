import { setTimeout as sleep } from 'node:timers/promises'
import type { Measurement } from '../measurement.ts'
import { endedCall, knownPhone, startRegistering } from '../registering.ts'
import { percentile, spread } from '../statistics.ts'

const EVERY_MS = 400
const BASE_MS = 150
const ITEM_MS = 3

/** Calls of the moment while the calls of an outage are written. */
export const liveAmidBackfill: Measurement = {
  name: 'live-amid-backfill',
  title: 'live call to note while 10 000 old calls are written',
  async run({ quick, say, directory, signal }) {
    const backfill = quick ? 500 : 10_000
    const most = quick ? 5 : 60
    await using registering = await startRegistering({ directory: await directory(), known: backfill + most })
    await registering.follow()
    const old = Array.from({ length: backfill }, (_, at) => endedCall(`${1795000000 + at}.1`, knownPhone(at), 'cel'))
    for (let from = 0; from < old.length; from += 1_000) await registering.register(old.slice(from, from + 1_000))
    registering.begin()
    await sleep(1_500)
    const waits: Promise<number>[] = []
    for (let nth = 0; nth < most && registering.noted.size < backfill; nth += 1) {
      signal.throwIfAborted()
      const call = endedCall(`${1796000000 + nth}.1`, knownPhone(backfill + nth))
      const at = Date.now()
      await registering.register([call])
      waits.push(registering.heard(call.id).then((noted) => noted - at))
      await sleep(EVERY_MS)
    }
    const took = await Promise.all(waits)
    const beforeEnd = backfill - [...registering.noted.keys()].filter((id) => id.startsWith('1795')).length
    say(`${spread(took)}; ${beforeEnd} old calls were still to be written`)
    const rest = await registering.drain(300_000)
    const crm = await registering.crm()
    if (crm.distinct !== backfill + took.length || crm.notes !== crm.distinct)
      throw new Error(`${crm.notes} notes of ${backfill + took.length} calls`)
    return {
      figures: [
        {
          what: `live call to its acknowledged note, p95, while ${backfill} old calls are written`,
          unit: 'ms',
          ours: percentile(took, 0.95),
          baseline: { what: 'one answer to one note', value: BASE_MS + ITEM_MS },
          target: { of: 'ours', most: 1_000 },
        },
        { what: 'the same, p50', unit: 'ms', ours: percentile(took, 0.5) },
        { what: 'the same, the slowest', unit: 'ms', ours: percentile(took, 1) },
      ],
      notes: [
        `${took.length} calls of known clients, one every ${EVERY_MS} ms, from the moment the call is told to the note's acknowledgement on our disk; ${beforeEnd} old calls were still to be written after the last, ${(rest / 1000).toFixed(1)} s later all of them stood in the CRM. ${crm.requests.length} requests, ${crm.refused} refused. Old calls are looked for in the CRM before they are written.`,
      ],
    }
  },
}
