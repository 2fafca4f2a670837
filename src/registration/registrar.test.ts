import { describe, expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import type { CallJournal, JournalEntry, StoredJobInput } from '../store/ports.ts'
import { settingsWith } from './_settings.ts'
import { noHooks } from './hooks.ts'
import { createRegistrar, type RegisterHow } from './registrar.ts'

const START = Date.UTC(2026, 10, 20, 9)
const settings = settingsWith()
const ANNA = '+79221532327'
const BORIS = '+79161112233'

/** Of a PBX whose clock stands at the given second when the call starts; ten seconds long. */
function call(client: string, seconds: number, change: Partial<Call> = {}): Call {
  const startedAt = START + seconds * 1000
  return {
    id: '1.1',
    linkedids: ['1.1'],
    direction: client === '' ? 'internal' : 'out',
    client,
    line: 'trunk',
    startedAt,
    endedAt: startedAt + 10_000,
    answered: true,
    result: 'answered',
    waitSeconds: 2,
    talkSeconds: 8,
    responsible: '101',
    hangupCause: 16,
    evidence: 'live',
    people: [],
    transfers: [],
    ivr: '',
    recordings: [],
    ...change,
  }
}

/** A journal in memory that keeps the port's promises. */
function journalInMemory() {
  const rows = new Map<string, JournalEntry>()
  const world = { settings }
  const jobs: StoredJobInput[] = []
  const journal: Pick<CallJournal, 'recordEnded' | 'find' | 'sharing' | 'sayLate'> = {
    recordEnded: async (entry, more) => {
      if (rows.has(entry.id)) return false
      rows.set(entry.id, entry)
      jobs.push(...more)
      return true
    },
    sharing: async (_pbx, ids) =>
      [...rows.values()].filter(({ linkedids }) => linkedids.some((id) => ids.includes(id))),
    sayLate: async (_pbx, id, more) => {
      const { leftOut: _, ...row } = rows.get(id) ?? {}
      rows.set(id, row as JournalEntry)
      jobs.push(...more)
    },
    find: async (_pbx, id) => rows.get(id) ?? [...rows.values()].find(({ linkedids }) => linkedids.includes(id)),
  }
  const registrar = createRegistrar({
    journal,
    callbackTasks: { openFor: async () => undefined },
    outbox: { add: async () => undefined },
    pbx: 'main',
    settings: () => world.settings,
    hooks: noHooks,
    clickedOn: () => undefined,
  })
  const register = (each: Call, how: RegisterHow = {}) => registrar.register(each, [], how)
  const notes = () => jobs.flatMap(({ key, kind }) => (kind === 'call-note' ? [key] : []))
  return { rows, jobs, world, registrar, register, notes }
}

describe('given a call in the journal', () => {
  test('when another client is told under the same id after a restart, then it is a call of its own in journal and CRM', async () => {
    const { rows, register, notes } = journalInMemory()
    await register(call(ANNA, 0))
    expect(await register(call(BORIS, 15))).toEqual({ kind: 'registering', jobs: 2, as: '1.1#2' })
    expect([...rows.keys()]).toEqual(['1.1', '1.1#2'])
    expect(rows.get('1.1#2')).toMatchObject({ linkedids: ['1.1'], call: { id: '1.1#2', client: BORIS } })
    expect(notes()).toEqual(['main/1.1:note', 'main/1.1#2:note'])
  })

  test('when the same client is called again after its end, then that is another call too', async () => {
    const { register, notes } = journalInMemory()
    await register(call(ANNA, 0))
    await register(call(ANNA, 60))
    await register(call(ANNA, 120, { id: '1.1#2' }))
    expect(notes()).toEqual(['main/1.1:note', 'main/1.1#2:note', 'main/1.1#3:note'])
  })

  test('when a colleague who stayed on the line calls the same client anew after a restart, then that is another call', async () => {
    const { register, notes } = journalInMemory()
    await register(call(ANNA, 0))
    const again = call(ANNA, 0, { clientSince: START + 30_000, endedAt: START + 40_000, evidence: 'reconstructed' })
    expect(await register(again)).toMatchObject({ kind: 'registering', as: '1.1#2' })
    expect(await register({ ...again, id: '1.1#2', startedAt: START + 30_000, evidence: 'cel' })).toEqual({
      kind: 'known',
    })
    expect(notes()).toEqual(['main/1.1:note', 'main/1.1#2:note'])
  })

  test('when the journal has the second call of a linkedid only, then the first one is told later under the next id', async () => {
    const { register, notes } = journalInMemory()
    await register(call(ANNA, 0, { clientSince: START + 30_000, endedAt: START + 40_000, evidence: 'reconstructed' }))
    expect(await register(call(ANNA, 0, { evidence: 'cel' }))).toMatchObject({ as: '1.1#2' })
    expect(await register(call(ANNA, 30, { id: '1.1#2', evidence: 'cel' }))).toEqual({ kind: 'known' })
    expect(notes()).toEqual(['main/1.1:note', 'main/1.1#2:note'])
  })

  test('when its client was forgotten and CEL tells the call again, then the row is still the lock; another time is another call', async () => {
    const { rows, register, notes } = journalInMemory()
    await register(call(ANNA, 0))
    const [row] = rows.values()
    if (row) rows.set('1.1', { ...row, clientKey: '', call: { ...call('', 0), forgotten: true } })
    expect(await register(call(ANNA, 0, { evidence: 'cel' }))).toEqual({ kind: 'known' })
    expect(await register(call(ANNA, 60, { evidence: 'cel' }))).toMatchObject({ as: '1.1#2' })
    expect(notes()).toEqual(['main/1.1:note', 'main/1.1#2:note'])
  })

  test.each([
    ['as it was', {}],
    ['by a witness of whole seconds', { startedAt: START - 750, endedAt: START + 9000, evidence: 'cel' }],
    ['from the middle on, since a restart', { startedAt: START + 4000, evidence: 'reconstructed' }],
    ['as short as a second, rounded', { startedAt: START - 900, endedAt: START - 900, evidence: 'cel' }],
    ['from an earlier beginning on', { startedAt: START - 5000, evidence: 'cel' }],
    ['as the second one of its linkedid', { id: '1.1#2' }],
    ['as a leftover whose client has left', { direction: 'internal', client: '', startedAt: START + 3000 }],
  ] as const)('when it is told again %s, then it is known and nothing is written', async (_what, change) => {
    const { rows, register, notes } = journalInMemory()
    await register(call(ANNA, 0))
    expect(await register(call(ANNA, 0, change))).toEqual({ kind: 'known' })
    expect([...rows.keys()]).toEqual(['1.1'])
    expect(notes()).toEqual(['main/1.1:note'])
  })

  test('when its number comes to light in another telling of a nameless one, then it reaches the CRM', async () => {
    const { register, notes } = journalInMemory()
    await register(call('', 0, { direction: 'in' }))
    expect(await register(call(ANNA, 0))).toMatchObject({ kind: 'registering', as: '1.1#2' })
    expect(await register(call(ANNA, 0))).toEqual({ kind: 'known' })
    expect(notes()).toEqual(['main/1.1#2:note'])
  })

  test('when every call of a linkedid is told once more, then all are known', async () => {
    const { register, notes } = journalInMemory()
    const told = [call(ANNA, 0), call(BORIS, 15, { id: '1.1#2' }), call(ANNA, 40, { id: '1.1#3' })]
    for (const each of told) await register(each)
    for (const each of told) expect(await register(each)).toEqual({ kind: 'known' })
    expect(notes()).toHaveLength(3)
  })

  test('when another call merely had its id among its own, then the call is not taken for it', async () => {
    const { register, notes } = journalInMemory()
    await register(call(ANNA, 0, { id: '1.0', linkedids: ['1.0', '1.1'] }))
    expect(await register(call(ANNA, 3))).toEqual({ kind: 'registering', jobs: 2 })
    expect(notes()).toEqual(['main/1.0:note', 'main/1.1:note'])
  })

  test.each([
    ['a whole telling comes', 'reconstructed', 'cel'],
    ['one from the middle on comes', 'cel', 'reconstructed'],
    ['another witness tells it', 'live', 'cel'],
  ] as const)(
    'when it was named after another of its linkedids and %s, then it is known',
    async (_what, first, then) => {
      const { register, notes } = journalInMemory()
      await register(call(ANNA, 0, { id: '1.0', linkedids: ['1.0', '1.1'], evidence: first }))
      expect(await register(call(ANNA, 3, { evidence: then }))).toEqual({ kind: 'known' })
      expect(await register(call(ANNA, 60, { evidence: then }))).toMatchObject({ kind: 'registering' })
      expect(notes()).toEqual(['main/1.0:note', 'main/1.1:note'])
    },
  )

  test('when two calls of one id are told at once, then both are written', async () => {
    const { register, notes } = journalInMemory()
    await Promise.all([register(call(ANNA, 0)), register(call(BORIS, 15))])
    expect(notes().toSorted()).toEqual(['main/1.1#2:note', 'main/1.1:note'])
  })
})

test('given a call that opted out, when it ends, then the journal alone has it', async () => {
  const { rows, register, notes } = journalInMemory()
  expect(await register(call(ANNA, 0, { skipped: true }))).toEqual({ kind: 'journal-only', why: 'skipped' })
  expect([...rows.keys()]).toEqual(['1.1'])
  expect(notes()).toEqual([])
})

describe('given a task that asks for the client to be called back', () => {
  const open = { key: '9221532327', task: 77, entity: { kind: 'contact', id: 1 }, calls: [], since: START } as const
  const registered = async (change: Partial<Call>, found: (typeof open | undefined)[]) => {
    const jobs: StoredJobInput[] = []
    const registrar = createRegistrar({
      journal: {
        recordEnded: async (_entry, some) => jobs.push(...some) >= 0,
        find: async () => undefined,
        sharing: async () => [],
        sayLate: async () => undefined,
      },
      callbackTasks: { openFor: async () => (found.length > 1 ? found.shift() : found[0]) },
      outbox: { add: async (some) => void jobs.push(...some) },
      pbx: 'main',
      settings: () => settings,
      hooks: noHooks,
      clickedOn: () => undefined,
    })
    await registrar.register(call(ANNA, 60, change), [])
    return jobs.filter(({ kind }) => kind === 'task-done').map(({ key }) => key)
  }

  test('when somebody talks to the client, then it is completed, once', async () => {
    expect(await registered({}, [open])).toEqual(['main/1.1:task-done'])
  })

  test('when the task was being made while the call was written down, then it is completed all the same', async () => {
    expect(await registered({}, [undefined, open])).toEqual(['main/1.1:task-done'])
  })

  test('when nobody talks, or the client was missed only after the conversation, then it stays open', async () => {
    expect(await registered({ answered: false, result: 'no-answer', responsible: '' }, [open])).toEqual([])
    expect(await registered({}, [{ ...open, since: START + 600_000 }])).toEqual([])
  })
})

describe('given a call that a person asks for', () => {
  test('when it began before the first start, then it is registered on demand only', async () => {
    const { world, register, notes } = journalInMemory()
    world.settings = { ...settings, firstStartAt: START + 3_600_000 }
    expect(await register(call(ANNA, 0), { onDemand: true })).toMatchObject({ kind: 'registering' })
    expect(notes()).toEqual(['main/1.1:note'])
    expect(await register(call(BORIS, 60, { id: '2.1', linkedids: ['2.1'] }))).toEqual({
      kind: 'journal-only',
      why: 'before-first-start',
    })
  })

  test('when it was only watched, then it is registered later under its own row, once, and not by itself', async () => {
    const { rows, world, register, notes } = journalInMemory()
    world.settings = { ...settings, mode: 'watch' }
    await register(call(ANNA, 0))
    expect(rows.get('1.1')?.leftOut).toBe('service-not-on')
    world.settings = settings
    expect(await register(call(ANNA, 0, { evidence: 'cel' }))).toEqual({ kind: 'known' })
    const asked = () => register(call(ANNA, 0, { evidence: 'cel' }), { onDemand: true })
    expect(await asked()).toEqual({ kind: 'registering', jobs: 2, as: '1.1' })
    expect(await asked()).toEqual({ kind: 'known' })
    expect(rows.get('1.1')?.leftOut).toBeUndefined()
    expect(notes()).toEqual(['main/1.1:note'])
  })

  test('when old calls are to do what fresh ones do, then their jobs never become quiet', async () => {
    const { jobs, register } = journalInMemory()
    await register(call(ANNA, 0), { effects: 'all' })
    expect(jobs[0]?.payload).toMatchObject({ call: { quietAt: Number.MAX_SAFE_INTEGER } })
  })

  test('when another connector has told it, then it is journalled without jobs, and stays so on demand', async () => {
    const { rows, jobs, registrar, register } = journalInMemory()
    expect(await registrar.adopt(call(ANNA, 0), [])).toBe('1.1')
    expect(await registrar.adopt(call(ANNA, 0), [])).toBeUndefined()
    expect(await register(call(ANNA, 0, { evidence: 'cel' }), { onDemand: true })).toEqual({ kind: 'known' })
    expect(rows.get('1.1')?.leftOut).toBe('adopted')
    expect(jobs).toEqual([])
  })
})
