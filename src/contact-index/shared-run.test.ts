import assert from 'node:assert/strict'
import { test } from 'vitest'
import { sharedRun } from './shared-run.ts'

const { signal } = new AbortController()

function counted() {
  const runs: PromiseWithResolvers<void>[] = []
  let time = 0
  const share = sharedRun(
    () => {
      const run = Promise.withResolvers<void>()
      runs.push(run)
      return run.promise
    },
    () => time,
  )
  return {
    runs,
    share: (asOf?: number) => share(signal, asOf),
    pass: (ms: number) => {
      time += ms
    },
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('given nothing under way, the first to ask begins at once', () => {
  const { runs, share } = counted()
  void share()
  assert.equal(runs.length, 1)
})

test('given a run under way, all who ask share one that begins after it', async () => {
  const { runs, share } = counted()
  const first = share()
  const late = [share(), share(), share()]
  assert.equal(runs.length, 1)
  runs[0]?.resolve()
  await first
  await settle()
  assert.equal(runs.length, 2)
  runs[1]?.resolve()
  await Promise.all(late)
  assert.equal(runs.length, 2)
})

test('given a run that fails, only those who shared it are told, and the next begins all the same', async () => {
  const { runs, share } = counted()
  const first = share()
  const late = share()
  runs[0]?.reject(new Error('down'))
  await assert.rejects(first, /down/)
  await settle()
  runs[1]?.resolve()
  await late
  void share()
  assert.equal(runs.length, 3)
})

test('given a run that began since then, who asks about that moment waits for no other', async () => {
  const { runs, share, pass } = counted()
  pass(100)
  const first = share()
  pass(50)
  const joined = share(100)
  assert.equal(runs.length, 1)
  runs[0]?.resolve()
  await Promise.all([first, joined])
  await share(90)
  assert.equal(runs.length, 1)
  void share(101)
  assert.equal(runs.length, 2)
})

test('given a run that failed, or a clock set back since, nothing is known of any moment', async () => {
  const { runs, share, pass } = counted()
  pass(100)
  const failing = share()
  runs[0]?.reject(new Error('down'))
  await assert.rejects(failing, /down/)
  const again = share(50)
  assert.equal(runs.length, 2)
  runs[1]?.resolve()
  await again
  pass(-60)
  void share(30)
  assert.equal(runs.length, 3)
})
