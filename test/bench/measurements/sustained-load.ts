import { answeredCalls } from '../load.ts'
import type { Measurement } from '../measurement.ts'
import { cpuDuring } from '../process-usage.ts'

const TALK_MS = 1_000

/** A minute of a very busy PBX: every call stands once in the journal and once in the CRM afterwards. */
export const sustainedLoad: Measurement = {
  name: 'sustained-load',
  title: '100 calls/s for a minute',
  async run({ quick, say, pbx, signal }) {
    const { stage, startService, numbers, drained, journalled } = await pbx()
    const [rate, seconds] = quick ? [30, 2] : [100, 60]
    await using service = await startService()
    const { sandbox, lab } = stage
    const [notesBefore, rowsBefore] = [sandbox.callNotes().length, journalled().length]
    const refused = () => service.log.filter(({ msg }) => msg === 'the CRM will not take this; it waits for a person')
    let tookMs = 0
    let answered = 0
    const wanted = rate * seconds
    const [busy = 0, asterisk = 0] = await cpuDuring([service.pid, lab.asteriskPid], async () => {
      const began = performance.now()
      const results = await lab.trunk.call(answeredCalls(numbers.mixed(wanted), rate, signal, TALK_MS))
      tookMs = performance.now() - began - TALK_MS
      answered = results.filter((result) => result.answered).length
    })
    const heldRate = wanted / (tookMs / 1000)
    say(`${wanted} calls at ${heldRate.toFixed(1)}/s, ${answered} answered; waiting for the CRM to have them all`)
    const drainSeconds = await drained(400_000)
    const rows = journalled().length - rowsBefore
    const notes = sandbox.callNotes().slice(notesBefore)
    const distinct = new Set(notes.map(({ uniq }) => uniq)).size
    say(
      `journal ${rows}, call notes ${notes.length} of which ${distinct} distinct, drained ${drainSeconds.toFixed(1)} s after the last call`,
    )
    const once = { of: 'ratio', least: 1, most: 1 } as const
    const placed = { what: 'calls placed', value: wanted }
    return {
      figures: [
        { what: 'rate held', unit: '/s', ours: heldRate, baseline: { what: 'asked of SIPp', value: rate } },
        { what: 'calls in the journal', unit: '', ours: rows, baseline: placed, target: once },
        { what: 'call notes in the CRM', unit: '', ours: notes.length, baseline: placed, target: once },
        { what: 'distinct calls among the notes', unit: '', ours: distinct, baseline: placed, target: once },
        { what: 'last call to the last note', unit: 's', ours: drainSeconds },
      ],
      notes: [
        `${answered} of ${wanted} calls were answered; every second caller is unknown and becomes a contact (${refused().length} jobs dead). CPU: service ${(busy / 1000 / wanted).toFixed(1)} ms a call, Asterisk ${(asterisk / 1000 / wanted).toFixed(1)} ms.`,
      ],
    }
  },
}
