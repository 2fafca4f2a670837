import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive, parseIdentity } from './process-identity.ts'

/**
 * Takes a lock that names its owner, so that the lock of a killed process is recognised and taken over.
 * @returns undefined when a living process holds it
 */
export async function tryLock(path: string): Promise<AsyncDisposable | undefined> {
  await mkdir(dirname(path), { recursive: true })
  const own = `${path}.${randomUUID()}`
  const me = await identify(process.pid)
  const text = `${process.pid} ${me?.startTime ?? '0'} ${randomUUID()}\n`
  await writeFile(own, text)
  try {
    // link() fails when the name exists, and the file is complete the moment it appears.
    if (await linked(own, path)) return release(path, text)
    if (!(await moveStaleAside(path))) return undefined
    return (await linked(own, path)) ? release(path, text) : undefined
  } finally {
    await rm(own, { force: true })
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

function release(path: string, text: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const now = await readFile(path, 'utf8').catch(() => '')
      if (now === text) await rm(path, { force: true })
    },
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Two runs may see the same stale lock; the one that moved somebody's fresh lock by mistake puts it back. */
async function moveStaleAside(path: string): Promise<boolean> {
  const seen = await readFile(path, 'utf8').catch(() => undefined)
  if (seen === undefined) return true
  const owner = parseIdentity(seen)
  if (owner && (await isAlive(owner))) return false
  const aside = `${path}.${randomUUID()}`
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  )
  if (!moved) return true
  const taken = await readFile(aside, 'utf8')
  if (taken !== seen) await linked(aside, path)
  await rm(aside, { force: true })
  return taken === seen
}
