import assert from 'node:assert/strict'
import { test } from 'vitest'
import { createPace } from './pace.ts'

test('requests start evenly spaced', async () => {
  const pace = createPace({ requestsPerSecond: 50, inFlight: 9 })
  const starts: number[] = []
  await Promise.all(Array.from({ length: 6 }, () => pace.run('live', async () => starts.push(performance.now()))))
  // Five gaps of 20 ms; a busy machine starts the first one late and makes the whole look shorter.
  assert.ok((starts[5] ?? 0) - (starts[0] ?? 0) >= 80, `started at ${starts}`)
})

test('no more are under way than allowed', async () => {
  const pace = createPace({ requestsPerSecond: 1000, inFlight: 3 })
  let [underWay, most] = [0, 0]
  await Promise.all(
    Array.from({ length: 9 }, () =>
      pace.run('live', async () => {
        most = Math.max(most, ++underWay)
        await new Promise((resolve) => setTimeout(resolve, 10))
        underWay--
      }),
    ),
  )
  assert.equal(most, 3)
})

test('live goes before backfill, backfill before the index, whoever came first', async () => {
  const pace = createPace({ requestsPerSecond: 200, inFlight: 1 })
  const order: string[] = []
  const ask = (urgency: 'live' | 'backfill' | 'index') => pace.run(urgency, async () => void order.push(urgency))
  await Promise.all([ask('index'), ask('index'), ask('backfill'), ask('live'), ask('live')])
  assert.deepEqual(order, ['live', 'live', 'backfill', 'index', 'index'])
})

test('hooks have a turn in four while others wait, and all of them when nobody does', async () => {
  const pace = createPace({ requestsPerSecond: 500, inFlight: 1 })
  const order: string[] = []
  const ask = (urgency: 'live' | 'backfill') => pace.run(urgency, async () => void order.push(urgency))
  const hook = () => pace.as('hook', () => pace.run('live', async () => void order.push('hook')))
  await Promise.all([
    ...Array.from({ length: 4 }, hook),
    ...Array.from({ length: 4 }, () => ask('live')),
    ...Array.from({ length: 3 }, () => ask('backfill')),
  ])
  assert.equal(order.join(' '), 'live live live hook live backfill backfill hook backfill hook hook')
})

test('a backfill job’s requests stay backfill, even if made as live ones', async () => {
  const pace = createPace({ requestsPerSecond: 200, inFlight: 1 })
  const order: string[] = []
  const first = pace.run('live', async () => {})
  const old = pace.as('backfill', () => pace.run('live', async () => void order.push('old')))
  await Promise.all([first, old, pace.run('live', async () => void order.push('new'))])
  assert.deepEqual(order, ['new', 'old'])
})

test('a request that fails frees its place and tells its caller', async () => {
  const pace = createPace({ requestsPerSecond: 1000, inFlight: 1 })
  await assert.rejects(
    pace.run('live', () => Promise.reject(new Error('refused'))),
    /refused/,
  )
  assert.equal(await pace.run('live', async () => 1), 1)
})
