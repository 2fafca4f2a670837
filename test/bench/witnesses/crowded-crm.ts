import { argv } from 'node:process'
import { startSandbox } from '../../amocrm-sandbox/sandbox.ts'

// A CRM with many contacts, in a process of its own. `crowded-crm.ts CONTACTS COMPANIES LEADS`; says where it is, and on every message what was asked of it.

const [contacts = 0, companies = 0, leads = 0] = argv.slice(2).map(Number)
const YEAR_MS = 31_536_000_000
const began = Date.now()
/** While it is filled, the clock says when each was changed. */
let filling: number | undefined = began

await using sandbox = await startSandbox({
  clock: () => filling ?? Date.now(),
  latency: { baseMs: 150, perItemMs: 3 },
  seed: (hands) => {
    hands.addContacts(contacts, (at) => {
      // A company that grows, and once imported a fifth of its contacts within a quarter of an hour.
      const share = at / contacts
      const imported = share > 0.5 && share < 0.7
      const created = imported ? began - 2 * YEAR_MS + at * 45 : began - 6 * YEAR_MS * (1 - share) ** 2 - 60_000
      // Every third was changed later.
      filling = at % 3 === 0 ? created + (began - created) * ((at % 97) / 97) : created
      return {
        name: `Клиент ${at}`,
        phones: [`+7 (9${10 + (at % 89)}) ${phone(at)}`],
        createdAt: Math.floor(created / 1000),
      }
    })
    const yearAgo = began - YEAR_MS
    for (let at = 0; at < companies; at++) {
      filling = yearAgo + at * 1_000
      hands.addCompany({ name: `Фирма ${at}`, phones: [`8 (343) ${phone(at)} доб. 1`] })
    }
    for (let at = 0; at < leads; at++) {
      filling = yearAgo + at * 1_000
      hands.addLead({ name: `Сделка ${at}` })
    }
    filling = undefined
  },
})
const ticking = setInterval(() => sandbox.tick(), 2)

process.on('message', () => {
  const requests = sandbox.requests()
  process.send?.({ requests: requests.length, refused: requests.filter(({ status }) => (status ?? 0) >= 400).length })
})
process.once('disconnect', () => {
  clearInterval(ticking)
  void sandbox[Symbol.asyncDispose]()
})
process.send?.({ url: sandbox.url, token: sandbox.token })
await new Promise<void>((resolve) => process.once('disconnect', () => resolve()))

function phone(at: number): string {
  const digits = String(1_000_000 + at)
  return `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5, 7)}`
}
