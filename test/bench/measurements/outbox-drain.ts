import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../../../src/calls/call.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { noHooks } from '../../../src/registration/hooks.ts'
import { createRegistrar } from '../../../src/registration/registrar.ts'
import { registrationSettings } from '../../../src/service/settings.ts'
import { openStore } from '../../../src/store/sqlite/open-store.ts'
import type { BenchPbx } from '../bench-pbx.ts'
import { PHONES } from '../clients.ts'
import type { Measurement } from '../measurement.ts'

const REQUESTS_PER_SECOND = 6

/** After an outage of the CRM: how fast the calls that wait are written. */
export const outboxDrain: Measurement = {
  name: 'outbox-drain',
  title: 'outbox drain with 2 000 waiting calls',
  async run({ quick, say, pbx }) {
    const bench = await pbx()
    const calls = quick ? 60 : 2_000
    const { sandbox } = bench.stage
    const oneByOne = await naiveRate(bench, quick ? 1_000 : 4_000)
    const jobs = await fillOutbox(bench, calls)
    const [notesBefore, requestsBefore] = [sandbox.callNotes().length, sandbox.requests().length]
    await using service = await bench.startService()
    const began = performance.now()
    while (sandbox.callNotes().length - notesBefore < calls && performance.now() - began < 300_000) await sleep(20)
    const seconds = (performance.now() - began) / 1000
    await bench.drained(60_000)
    const written = sandbox.callNotes().slice(notesBefore)
    const requests = sandbox.requests().slice(requestsBefore)
    const refused = requests.filter(({ status }) => status === 429 || status === 403).length
    say(
      `${written.length} notes in ${seconds.toFixed(1)} s, ${requests.length} requests, ${refused} refused, ${service.log.length} log lines`,
    )
    return {
      figures: [
        {
          what: 'calls a second',
          unit: '/s',
          ours: calls / seconds,
          baseline: { what: `one note a request, ${REQUESTS_PER_SECOND} requests/s`, value: oneByOne },
        },
        { what: 'jobs a second', unit: '/s', ours: jobs / seconds },
        { what: `until the last of ${calls} calls stood in the CRM`, unit: 's', ours: seconds },
      ],
      notes: [
        `${calls} calls of ${calls} clients, every second one unknown, ${jobs} jobs; ${requests.length} requests of which ${refused} were refused; ${written.length} notes, ${new Set(written.map(({ uniq }) => uniq)).size} distinct.`,
      ],
    }
  },
}

/** Ended calls as the registrar writes them down while the CRM is away. @returns how many jobs wait */
async function fillOutbox({ stage, database, numbers }: BenchPbx, count: number): Promise<number> {
  const config = loadConfig(stage.configFile)
  await using store = await openStore({ file: database })
  const settings = registrationSettings(config, 0)
  const registrar = createRegistrar({
    journal: store.journal,
    callbackTasks: store.callbackTasks,
    outbox: store.outbox,
    pbx: config.service.pbx,
    settings: () => settings,
    hooks: noHooks,
    clickedOn: () => undefined,
  })
  const now = Date.now()
  const clients = [
    ...numbers.known.slice(0, count / 2),
    ...numbers.fresh(count - Math.min(count / 2, numbers.known.length)),
  ]
  const registered = await Promise.all(
    clients.map((client, index) =>
      registrar.register(endedCall(`bench-drain.${now}.${index}`, client, now + index), []),
    ),
  )
  return registered.reduce((sum, one) => sum + (one.kind === 'registering' ? one.jobs : 0), 0)
}

function endedCall(id: string, client: string, endedAt: number): Call {
  const extension = PHONES[endedAt % PHONES.length] ?? ''
  return {
    id,
    linkedids: [id],
    direction: 'in',
    client,
    line: '7920',
    startedAt: endedAt - 30_000,
    endedAt,
    answered: true,
    result: 'answered',
    waitSeconds: 5,
    talkSeconds: 25,
    responsible: extension,
    hangupCause: 16,
    evidence: 'live',
    people: [{ extension, rang: true, rangSeconds: 5, talkSeconds: 25, holdSeconds: 0 }],
    transfers: [],
    ivr: '',
    recordings: [],
  }
}

/** What most integrations do: one call, one request, at the pace the account allows. @returns calls a second */
async function naiveRate({ stage: { sandbox } }: BenchPbx, forMs: number): Promise<number> {
  const entity = sandbox.contacts()[0]?.id ?? 0
  const began = performance.now()
  let written = 0
  for (; performance.now() - began < forMs; ) {
    const params = { uniq: `naive-${written}`, duration: 25, source: 'bench', phone: '+79220000000', call_status: 4 }
    const answer = await fetch(`${sandbox.url}/api/v4/contacts/notes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ entity_id: entity, note_type: 'call_in', params }]),
    })
    if (!answer.ok) throw new Error(`the emulator refused a note: ${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
    written += 1
    await sleep(Math.max(0, (written * 1000) / REQUESTS_PER_SECOND - (performance.now() - began)))
  }
  return written / ((performance.now() - began) / 1000)
}
