import { argv } from 'node:process'
import { startSandbox } from '../../amocrm-sandbox/sandbox.ts'

// A CRM at amoCRM's pace, in a process of its own. `busy-crm.ts KNOWN`: so many contacts, number by number from `knownPhone`. Says where it
// is, and on every message what stands in it and what was asked of it.

const known = Number(argv[2])
const knownPhone = (at: number) => `+7922${1_000_000 + at}`

await using sandbox = await startSandbox({
  latency: { baseMs: 150, perItemMs: 3 },
  seed: (hands) => hands.addContacts(known, (at) => ({ name: `Клиент ${at}`, phones: [knownPhone(at)] })),
})

process.on('message', () => {
  const requests = sandbox.requests()
  const notes = sandbox.callNotes()
  process.send?.({
    notes: notes.length,
    distinct: new Set(notes.map(({ uniq }) => uniq)).size,
    contacts: sandbox.contacts().length,
    leads: sandbox.leads().length,
    refused: requests.filter(({ status }) => (status ?? 0) >= 400).length,
    requests: requests.map(({ at, method, path, json }) => [
      at,
      `${method} ${path}`,
      Array.isArray(json) ? json.length : 0,
    ]),
  })
})
process.once('disconnect', () => void sandbox[Symbol.asyncDispose]())
process.send?.({ url: sandbox.url, token: sandbox.token, ids: sandbox.contacts().map(({ id }) => id) })
await new Promise<void>((resolve) => process.once('disconnect', () => resolve()))
