import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive, parseIdentity } from './process-identity.ts'

/**
 * Takes a lock whose file names its owner, so that the lock of a killed process is recognised and taken over.
 * @returns undefined when a living process holds it
 */
export async function tryLock(path: string): Promise<AsyncDisposable | undefined> {
  await mkdir(dirname(path), { recursive: true })
  await using _guard = await guard(path)
  const owner = parseIdentity(await readFile(path, 'utf8').catch(() => ''))
  if (owner && (await isAlive(owner))) return undefined
  const me = await identify(process.pid)
  const text = `${process.pid} ${me?.startTime ?? '0'} ${randomUUID()}\n`
  await writeFile(path, text)
  return {
    async [Symbol.asyncDispose]() {
      const now = await readFile(path, 'utf8').catch(() => '')
      if (now === text) await rm(path, { force: true })
    },
  }
}

/** Waits for the lock; `onWait` is told once that there is something to wait for. */
export async function lock(path: string, onWait: () => void, signal?: AbortSignal): Promise<AsyncDisposable> {
  let told = false
  for (;;) {
    signal?.throwIfAborted()
    const taken = await tryLock(path)
    if (taken) return taken
    if (!told) onWait()
    told = true
    await sleep(500, undefined, signal ? { signal } : {})
  }
}

/**
 * Looking at a stale lock and replacing it is two steps; two who do both at once would each believe to have it. The guard is a
 * name in Linux's abstract socket space (unix(7)): the kernel gives it to one process and takes it back when that one dies.
 */
async function guard(path: string): Promise<AsyncDisposable> {
  const name = `\0callweave-lab-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32)}`
  for (;;) {
    const server = createServer()
    try {
      server.listen(name)
      await once(server, 'listening')
      return server
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
      await sleep(10)
    }
  }
}
