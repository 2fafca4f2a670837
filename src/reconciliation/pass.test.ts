import { describe, expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import type { StoredCallNote } from '../crm/port.ts'
import type { LedgerRow } from '../store/ledger-ports.ts'
import type { JournalEntry } from '../store/ports.ts'
import { groupOf, START, telling } from './_group.ts'
import type { Asked, PassOptions } from './asked.ts'
import { createCelSource } from './cel-source.ts'
import type { Finding } from './finding.ts'
import { readNoteBook } from './note-book.ts'
import { createReconciliation } from './pass.ts'
import type { Standing, WrittenNote } from './registration-port.ts'
import { tellGroup } from './tell-group.ts'

const CALL = { linkedid: '1795161600.1', at: 0 }
const signal = AbortSignal.timeout(60_000)
const whole: Asked = { kind: 'span', from: START - 1, to: START + 3_600_000 }
const options: PassOptions = { dry: false, effects: 'quiet', compareCrm: false, onDemand: false }

interface World {
  readonly journal?: readonly Call[]
  readonly standing?: Standing
  readonly notes?: readonly StoredCallNote[]
  readonly rowIs?: Partial<JournalEntry>
  readonly others?: readonly Call[]
  readonly cause?: string
  readonly now?: number
}

function stage({
  journal = [],
  standing = { kind: 'no-jobs' },
  notes = [],
  rowIs = {},
  others = [],
  cause,
  now = START + 3_600_000,
}: World) {
  const rows = journal.map((call) => ({ ...rowOf(call), ...rowIs }))
  const registered: string[] = []
  const ledger: LedgerRow[] = []
  async function* callNotesChangedSince(kind: string) {
    yield notes.filter(({ entity }) => entity.kind === kind)
  }
  const group = groupOf(CALL)
  const pass = createReconciliation({
    source: createCelSource({
      cel: {
        async *linkedidsBetween() {
          yield [...group.linkedids]
        },
        groupsOf: async () => [group],
        rowsBetween: async () => undefined,
      },
      telling: () => telling,
    }),
    journal: {
      toldBetween: async (_pbx, from, to) => rows.filter(({ startedAt }) => startedAt >= from && startedAt <= to),
      toldAs: async (_pbx, ids) => rows.filter((row) => row.linkedids.some((id) => ids.includes(id))),
    },
    registration: {
      leftOutBecause: () => cause,
      register: async (call, events) => {
        registered.push(`${call.id} with ${events.length > 0 ? 'its events' : 'nothing'}`)
        return cause === undefined ? { kind: 'registering', id: call.id } : { kind: 'left-out', why: cause }
      },
      adopt: async (call, _events, note) => void registered.push(`${call.id} adopted ${note}`),
      standing: async () => standing,
      retell: async (id, better) => registered.push(`${id} told anew${better ? ' by CEL' : ''}`),
    },
    pbx: 'main',
    others: () => others,
    asteriskNow: () => now,
    leaveAloneMs: 300_000,
    now: () => now,
    ledger: { put: async (_pbx, rows) => void ledger.push(...rows) },
    readNotes: () =>
      readNoteBook({ crm: { callNotesChangedSince }, pbx: 'main', country: 'RU', now: () => now }, START, signal),
  })
  const find = async (more: Partial<PassOptions> = {}): Promise<readonly Finding[]> => {
    const found: Finding[] = []
    for await (const finding of pass.reconcile(whole, { ...options, ...more }, AbortSignal.timeout(5_000)))
      found.push(finding)
    return found
  }
  return { find, registered, ledger }
}

function rowOf(call: Call): JournalEntry {
  const { id, linkedids, startedAt, endedAt = startedAt, direction } = call
  return { pbx: 'main', id, linkedids, startedAt, endedAt, direction, clientKey: '9221532327', call, events: [] }
}

const told = tellGroup(groupOf(CALL), telling).calls[0]?.call as Call
const sent: WrittenNote = {
  ...{ id: 7, entity: { kind: 'contact', id: 1 }, uniq: `main/${told.id}`, adopted: false },
  ...{ direction: 'in', talkSeconds: 8, status: 'answered', person: '7000001' },
}
const written = { kind: 'written', notes: [sent], writtenAt: START + 20_000, retellings: 0 } satisfies Standing
const stored: StoredCallNote = {
  ...{ id: 7, entity: sent.entity, uniq: sent.uniq, direction: 'in', phone: '+79221532327', startedAt: START },
  ...{ talkSeconds: 8, status: 'answered', person: '7000001' },
}
const foreign: StoredCallNote = { ...stored, id: 9, uniq: 'other-connector-1', phone: '8 922 153-23-27' }
const said = (findings: readonly Finding[]) => findings.map(({ finding, why }) => `${finding}: ${why}`)

describe('a pass over what the PBX wrote down', () => {
  test('given a call nobody has told, when it is met, then it is registered', async () => {
    const { find, registered } = stage({})
    expect(said(await find())).toEqual(['registered: missing'])
    expect(registered).toEqual([`${told.id} with its events`])
  })

  test('given a dry pass, when a call is missing, then it says so and registers nothing', async () => {
    const { find, registered } = stage({})
    expect(said(await find({ dry: true }))).toEqual(['registered: missing'])
    expect(registered).toEqual([])
  })

  test('given a call in the journal and the CRM, when it is met, then all is right', async () => {
    const { find, registered } = stage({ journal: [told], standing: written })
    expect(said(await find())).toEqual(['right: written'])
    expect(registered).toEqual([])
  })

  test('given a call that waits, was refused, or is nobody’s, when it is met, then the cause is told', async () => {
    const stands = async (standing: Standing) => said(await stage({ journal: [told], standing }).find())
    expect(await stands({ kind: 'waiting' })).toEqual(['not-due: waiting'])
    expect(await stands({ kind: 'refused', reason: 'no' })).toEqual(['failed: refused'])
    expect(await stands({ kind: 'nobody' })).toEqual(['left-out: rule'])
  })

  test('given a call that goes on or ended a minute ago, when it is met, then it is left alone', async () => {
    expect(said(await stage({ others: [{ ...told, endedAt: undefined }] }).find())).toEqual(['not-due: live'])
    expect(said(await stage({ now: START + 60_000 }).find())).toEqual(['not-due: fresh'])
  })

  test('given a call that is not to be registered, when it is met, then it is left out with its cause', async () => {
    expect(said(await stage({ cause: 'ignored-number' }).find())).toEqual(['left-out: ignored-number'])
  })

  test('given two passes at once, when one is under way, then the other waits, also when the first is broken off', async () => {
    const { find } = stage({})
    const [first, second] = await Promise.all([find(), find()])
    expect([...said(first), ...said(second)]).toEqual(['registered: missing', 'registered: missing'])
  })
})

describe('a pass that asks the CRM, too', () => {
  const inCrm = async (notes: readonly StoredCallNote[], more: Partial<PassOptions> = {}, standing = written) => {
    const { find, registered, ledger } = stage({ journal: [told], standing, notes })
    const findings = await find({ compareCrm: true, ...more })
    return { said: said(findings), done: registered, differs: findings[0]?.differs, ledger }
  }

  test('given the note as it was sent, then all is right, and the ledger knows it was seen there', async () => {
    const { said: what, done, ledger } = await inCrm([stored])
    expect(what).toEqual(['right: same'])
    expect(done).toEqual([])
    expect(ledger).toMatchObject([{ id: told.id, finding: 'right', inCrm: true, mended: false }])
  })

  test('given a note whose seconds somebody changed, then it is told anew, unless the pass is dry', async () => {
    const changed = { ...stored, talkSeconds: 600 }
    const repaired = await inCrm([changed])
    expect(repaired).toMatchObject({ said: ['repaired: different'], done: [`${told.id} told anew`] })
    expect(repaired.differs).toEqual([{ between: 'crm', what: 'seconds', ours: 8, theirs: 600 }])
    expect(await inCrm([changed], { dry: true })).toMatchObject({ said: ['repaired: different'], done: [] })
  })

  test('given a CRM that does not take what it is told, then it is not told every night', async () => {
    const again = { ...written, retellings: 5 }
    const { said: what, done } = await inCrm([{ ...stored, status: 'busy' }], {}, again)
    expect(what).toEqual(['failed: not-taken'])
    expect(done).toEqual([])
  })

  test('given a note that people deleted, then so it stays and is listed', async () => {
    expect(await inCrm([])).toMatchObject({ said: ['removed-by-people: gone'], done: [] })
  })

  test('given a note that was written while the CRM was read, then nobody removed it', async () => {
    const fresh = { ...written, writtenAt: START + 3_599_000 }
    expect(await inCrm([], {}, fresh)).toMatchObject({ said: ['right: just-written'] })
  })

  test('given a second note under our name, or one of another connector beside ours, then that is listed and nothing deleted', async () => {
    expect(await inCrm([stored, { ...stored, id: 8 }])).toMatchObject({ said: ['doubled: second-note'], done: [] })
    expect(await inCrm([stored, foreign])).toMatchObject({ said: ['doubled: foreign-note'], done: [] })
  })

  test('given a call that only another connector has told, then its note is adopted, once', async () => {
    const { find, registered } = stage({ notes: [foreign] })
    expect(said(await find({ compareCrm: true }))).toEqual(['adopted: foreign-note'])
    expect(registered).toEqual([`${told.id} adopted 9`])
    const later = stage({ journal: [told], rowIs: { leftOut: 'adopted' }, notes: [foreign] })
    expect(said(await later.find({ compareCrm: true }))).toEqual(['adopted: foreign-note'])
    expect(later.registered).toEqual([])
  })

  test('given a note of another client, direction or time, then it is no note of this call', async () => {
    for (const other of [{ phone: '+79990000000' }, { direction: 'out' }, { startedAt: START + 10_001 }] as const) {
      const { find } = stage({ notes: [{ ...foreign, ...other }] })
      expect(said(await find({ compareCrm: true }))).toEqual(['registered: missing'])
    }
  })
})

describe('a pass over calls that another witness told', () => {
  const shorter = { ...told, talkSeconds: 2, people: told.people.map((one) => ({ ...one, talkSeconds: 2 })) }

  test('given one told by whoever did not see all of it, then CEL tells it anew', async () => {
    const { find, registered } = stage({ journal: [{ ...shorter, evidence: 'reconstructed' }], standing: written })
    expect(said(await find())).toEqual(['repaired: better-witness'])
    expect(registered).toEqual([`${told.id} told anew by CEL`])
  })

  test('given one that live saw whole, when CEL disagrees, then both tellings are listed and nothing is changed', async () => {
    const { find, registered } = stage({ journal: [{ ...shorter, evidence: 'live' }], standing: written })
    const [finding] = await find()
    expect(finding).toMatchObject({ finding: 'right', differs: [{ between: 'witness', what: 'seconds', ours: 2 }] })
    expect(registered).toEqual([])
  })

  test('given a call whose client was forgotten, then it is not registered again', async () => {
    const forgotten = { ...told, client: '', forgotten: true }
    const { find, registered } = stage({ journal: [forgotten], rowIs: { clientKey: '' } })
    expect(said(await find())).toEqual(['left-out: forgotten'])
    expect(registered).toEqual([])
  })

  test('given a call that was only watched, when a person asks for it, then it is registered after all', async () => {
    const watched = { journal: [told], rowIs: { leftOut: 'service-not-on' } }
    expect(said(await stage(watched).find())).toEqual(['left-out: service-not-on'])
    const { find, registered } = stage(watched)
    expect(said(await find({ onDemand: true }))).toEqual(['registered: left-out-before'])
    expect(registered).toHaveLength(1)
  })
})
