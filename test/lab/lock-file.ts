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
 * Looking at a stale lock and replacing it is two steps; two who do both at once would each believe to have it.
 * So both happen under a name that only one can have.
 */
async function guard(path: string): Promise<AsyncDisposable> {
  const name = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32)
  for (;;) {
    const claimed = await claimName(name)
    if (claimed) return claimed
    await sleep(10)
  }
}

/**
 * A name in Linux's abstract socket space (unix(7)): one process of a network namespace has it, and the kernel takes it back
 * when that one dies.
 * @returns undefined when somebody has it
 */
export async function claimName(name: string): Promise<AsyncDisposable | undefined> {
  const server = createServer()
  try {
    server.listen(`\0callweave-lab-${name}`)
    await once(server, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined
    throw error
  }
  server.unref()
  return server
}
