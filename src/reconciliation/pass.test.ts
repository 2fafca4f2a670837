import { describe, expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import type { JournalEntry } from '../store/ports.ts'
import { groupOf, START, telling } from './_group.ts'
import type { Asked, PassOptions } from './asked.ts'
import { createCelSource } from './cel-source.ts'
import type { Finding } from './finding.ts'
import { createReconciliation } from './pass.ts'
import type { Standing } from './registration-port.ts'
import { tellGroup } from './tell-group.ts'

const CALL = { linkedid: '1795161600.1', at: 0 }
const whole: Asked = { kind: 'span', from: START - 1, to: START + 3_600_000 }
const options: PassOptions = { dry: false, effects: 'quiet', compareCrm: false, onDemand: false }

interface World {
  readonly journal?: readonly Call[]
  readonly standing?: Standing
  readonly others?: readonly Call[]
  readonly cause?: string
  readonly now?: number
}

function stage({ journal = [], standing = { kind: 'no-jobs' }, others = [], cause, now = START + 3_600_000 }: World) {
  const rows = journal.map(rowOf)
  const registered: string[] = []
  const group = groupOf(CALL)
  const pass = createReconciliation({
    source: createCelSource({
      cel: {
        async *linkedidsBetween() {
          yield [...group.linkedids]
        },
        groupsOf: async () => [group],
        newestBefore: async () => undefined,
      },
      telling: () => telling,
    }),
    journal: { sharing: async (_pbx, ids) => rows.filter((row) => row.linkedids.some((id) => ids.includes(id))) },
    registration: {
      leftOutBecause: () => cause,
      register: async (call, events) => {
        registered.push(`${call.id} with ${events.length > 0 ? 'its events' : 'nothing'}`)
        return cause === undefined ? { kind: 'registering', id: call.id } : { kind: 'left-out', why: cause }
      },
      standing: async () => standing,
      retell: async () => 1,
    },
    pbx: 'main',
    others: () => others,
    asteriskNow: () => now,
    leaveAloneMs: 300_000,
  })
  const find = async (more: Partial<PassOptions> = {}): Promise<readonly Finding[]> => {
    const found: Finding[] = []
    for await (const finding of pass.reconcile(whole, { ...options, ...more }, AbortSignal.timeout(5_000)))
      found.push(finding)
    return found
  }
  return { find, registered }
}

function rowOf(call: Call): JournalEntry {
  const { id, linkedids, startedAt, endedAt = startedAt, direction } = call
  return { pbx: 'main', id, linkedids, startedAt, endedAt, direction, clientKey: '9221532327', call, events: [] }
}

const told = tellGroup(groupOf(CALL), telling).calls[0]?.call as Call
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
    const { find, registered } = stage({ journal: [told], standing: { kind: 'written', notes: [] } })
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
