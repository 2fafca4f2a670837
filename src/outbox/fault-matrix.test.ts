import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { JobChange, Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { type Crash, crashingStore } from './_crashing-store.ts'
import { fastPolicies } from './_fast-policies.ts'
import { type Fate, type RequestFate, type Script, seededRandom, simulatedCrm } from './_simulated-crm.ts'
import type { NewJob } from './job.ts'
import { createOutbox } from './outbox.ts'
import { createPace } from './pace.ts'

let store: Store
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-outbox-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const log = pino({ level: 'silent' })
const PATIENCE_MS = 8_000

interface Scenario {
  readonly name: string
  readonly jobs: readonly NewJob[]
  readonly script: Script
  /** Asked at every write of the first process, then of the second … */
  readonly crashAt: (life: number) => (changes: readonly JobChange[]) => Crash | 'while-sending' | undefined
  readonly now?: () => number
}

/** Runs one process after another until every job is done, each new one beginning when the one before has died. */
async function live({ name, jobs, script, crashAt, now = Date.now }: Scenario) {
  const crm = simulatedCrm(name, script)
  await store.outbox.add(jobs)
  const deadline = performance.now() + PATIENCE_MS
  const isDone = async () => {
    const states = await Promise.all(jobs.map(({ key }) => store.outbox.get(key)))
    return states.every((job) => job?.state === 'done')
  }
  let lives = 0
  for (let done = false; !done; lives++) {
    const crash = crashAt(lives)
    const { view, died, kill } = crashingStore(store.outbox, [name], (changes) => {
      const at = crash(changes)
      if (at === 'while-sending') setTimeout(kill, 1)
      return at === 'while-sending' ? undefined : at
    })
    const stop = new AbortController()
    const outbox = createOutbox({
      store: view,
      handlers: [crm.handler],
      pace: createPace({ requestsPerSecond: 1000, inFlight: 3 }),
      inFlight: 3,
      now,
      random: Math.random,
      log,
      policies: fastPolicies,
    })
    const running = outbox.run(stop.signal)
    let dead = false
    void died.then(() => {
      dead = true
    })
    while (!dead && !done) {
      done = await isDone()
      assert.ok(performance.now() < deadline, `${name} hangs: ${JSON.stringify(await openJobs(jobs))}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    stop.abort()
    if (!dead) await running
  }
  // Whatever was to be executed late has been by now.
  await new Promise((resolve) => setTimeout(resolve, 25))
  return { ...crm, lives }
}

async function openJobs(jobs: readonly NewJob[]) {
  const stored = await Promise.all(jobs.map(({ key }) => store.outbox.get(key)))
  return stored.filter((job) => job?.state !== 'done')
}

const fates: readonly Fate[] = [
  'works',
  'refuses-now',
  'executes-and-is-silent',
  'executes-late-and-is-silent',
  'never-executes-and-is-silent',
]
const requestFates: readonly RequestFate[] = ['throttled', 'throws-before', 'throws-after', 'loses-count', 'too-heavy']

describe.concurrent('given a job whose first attempt meets a fault and a process that dies', () => {
  const crashes: Readonly<Record<string, { state: string; crash: Crash | 'while-sending' } | undefined>> = {
    'at no time': undefined,
    'before it is marked as being sent': { state: 'sending', crash: 'before-write' },
    'after it is marked, before a byte leaves': { state: 'sending', crash: 'after-write' },
    'while the answer is awaited': { state: 'sending', crash: 'while-sending' },
    'when the answer is there but not written down': { state: 'not-sending', crash: 'before-write' },
    'when the answer is written down and nobody was told': { state: 'not-sending', crash: 'after-write' },
  }
  const faults = [
    ...fates.map((fate) => ({ name: `the CRM ${fate}`, fate, request: 'answered' as const })),
    ...requestFates.map((request) => ({ name: `the request is ${request}`, fate: 'works' as const, request })),
  ]
  for (const [when, crash] of Object.entries(crashes)) {
    for (const { name, fate, request } of faults) {
      test(`${name}, death ${when}: it is executed exactly once`, async () => {
        const kind = `${name} ${when}`
        let attempts = 0
        const script: Script = {
          fate: () => (attempts === 1 ? fate : 'works'),
          request: () => (++attempts === 1 ? request : 'answered'),
          canLook: () => true,
          answerMs: () => 3,
          lateMs: () => 20,
          now: Date.now,
        }
        const crashAt = (life: number) => (changes: readonly JobChange[]) =>
          life === 0 && crash && (changes[0]?.state === 'sending') === (crash.state === 'sending')
            ? crash.crash
            : undefined
        const job: NewJob = { key: kind, kind, lane: kind, urgency: 'live', payload: {} }
        const { executions, lives, sentWhilePaused } = await live({ name: kind, jobs: [job], script, crashAt })
        assert.equal(executions.get(kind), 1)
        assert.equal(crash ? 0 : sentWhilePaused(), 0)
        assert.equal(lives, crash ? 2 : 1)
      })
    }
  }
})

describe.concurrent('given faults, deaths and clock jumps by chance', () => {
  for (let seed = 1; seed <= 16; seed++) {
    test(`seed ${seed}: each job once, in the order of its lane`, async () => {
      const random = seededRandom(seed)
      const name = `seed ${seed}`
      const jobs = chains(name, random)
      let faults = 60
      const chance = (share: number) => random() < share && faults-- > 0
      const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)]
      let jump = 0
      const now = () => {
        if (chance(0.002)) jump = Math.round((random() - 0.5) * 7_200_000)
        return Date.now() + jump
      }
      const script: Script = {
        fate: () => (chance(0.4) ? (pick(fates) ?? 'works') : 'works'),
        request: () => (chance(0.2) ? (pick(requestFates) ?? 'answered') : 'answered'),
        canLook: () => !chance(0.2),
        answerMs: () => random() * 4,
        lateMs: () => random() * 20,
        now,
      }
      const crashes = ['before-write', 'after-write', 'while-sending'] as const
      const crashAt = (life: number) => () => (life < 4 && chance(0.1) ? pick(crashes) : undefined)
      const { executions, log: order } = await live({ name, jobs, script, crashAt, now })

      assert.deepEqual(
        jobs.map(({ key }) => [key, executions.get(key)]),
        jobs.map(({ key }) => [key, 1]),
      )
      for (const [lane, inLane] of Map.groupBy(jobs, (job) => job.lane)) {
        const executed = order.filter((key) => inLane.some((job) => job.key === key))
        assert.deepEqual(
          executed,
          inLane.map(({ key }) => key),
          lane,
        )
      }
    })
  }
})

/** A few clients with one or two calls each: contact → note, the second call behind the first. */
function chains(name: string, random: () => number): readonly NewJob[] {
  return Array.from({ length: 8 }, (_, client) => {
    const calls = random() < 0.5 ? 1 : 2
    return Array.from({ length: calls }, (_, call) => {
      const id = `${name}/${client}.${call}`
      const common = {
        kind: name,
        lane: `${name} ${client}`,
        urgency: random() < 0.5 ? 'live' : 'backfill',
        payload: {},
      } as const
      return [
        { ...common, key: `${id}:contact` },
        { ...common, key: `${id}:note`, after: `${id}:contact` },
      ]
    }).flat()
  }).flat()
}
