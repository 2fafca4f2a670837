import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, test } from 'vitest'
import { openStore } from './open-store.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-writer-'))
  file = join(folder, 'state.db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('given a process killed in the middle of writes, everything it was told is written is there', async () => {
  const child = await writingChild()
  const acknowledged = new Set<string>()
  child.on('message', (key: string) => acknowledged.add(key))
  while (acknowledged.size < 300) await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'close')

  await using store = await openStore({ file })
  for (const key of acknowledged) {
    assert.ok(await store.journal.find('pbx', key), `call ${key}`)
    assert.ok(await store.outbox.get(`${key}:note`), `job of ${key}`)
  }
  const calls = await store.journal.startedBetween('pbx', 0, Number.MAX_SAFE_INTEGER)
  assert.equal((await store.outbox.counts()).waiting, calls.length, 'a call without its job, or a job without its call')
})

test('given a process that has the file, the second is told who; once the first is killed the file is free', async () => {
  const child = await writingChild()
  await assert.rejects(openStore({ file }), { code: 'in-use', message: new RegExp(`process ${child.pid}\\.`) })
  child.kill('SIGKILL')
  await once(child, 'close')
  await using _store = await openStore({ file })
})

test('given a writer that dies, whoever waits and whoever comes later is told, and so is the house', async () => {
  const died = Promise.withResolvers<string>()
  const store = await openStore({ file, lingerMs: 10_000, onDied: (error) => died.resolve(error.code) })
  // More than the writer's heap takes.
  const waits = store.settings.set('small', 'x')
  const tooMuch = Array.from({ length: 40 }, (_, at) => store.settings.set(`big ${at}`, `${at}`.repeat(4_000_000)))
  for (const result of await Promise.allSettled([waits, ...tooMuch])) assert.equal(result.status, 'rejected')
  await assert.rejects(waits, { code: 'writer-died' })
  await assert.rejects(store.settings.set('later', 'x'), { code: 'writer-died' })
  assert.equal(await died.promise, 'writer-died')
  assert.equal(await store.settings.get('small'), undefined)
  await store[Symbol.asyncDispose]()
})

async function writingChild() {
  const script = join(folder, 'writes.mjs')
  const module = new URL('./open-store.ts', import.meta.url)
  await writeFile(
    script,
    `import { openStore } from ${JSON.stringify(fileURLToPath(module))}
     const store = await openStore({ file: ${JSON.stringify(file)} })
     process.send('ready')
     const write = async (worker) => {
       for (let at = 0; ; at++) {
         const id = worker + '.' + at
         const entry = { pbx: 'pbx', id, linkedids: [id], startedAt: at, endedAt: at, direction: 'in', clientKey: 'k', call: {}, events: [at] }
         await store.journal.recordEnded(entry, [{ key: id + ':note', kind: 'note', lane: id, urgency: 'live', payload: {} }])
         process.send(id)
       }
     }
     for (let worker = 0; worker < 20; worker++) void write(worker)`,
  )
  const child = fork(script, { execArgv: [], stdio: 'inherit' })
  await once(child, 'message')
  return child
}
