import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ConversionFailed } from './errors.ts'

const MOST_WORDS = 2_000

/**
 * Runs programs as one pipe, each feeding the next, and waits until all have ended well.
 * @throws ConversionFailed with the words of the one that did not; all are killed when `signal` is aborted.
 */
export async function runPipe(commands: readonly (readonly string[])[], signal: AbortSignal): Promise<void> {
  const children: ChildProcess[] = []
  const kill = () => {
    for (const child of children) child.kill('SIGKILL')
  }
  signal.addEventListener('abort', kill, { once: true })
  try {
    const ends: Promise<void>[] = []
    for (const [program = '', ...args] of commands) {
      const before = children.at(-1)?.stdout
      const last = children.length === commands.length - 1
      // The pipe is handed over as it is: sound never passes through this process.
      const child = spawn(program, args, { stdio: [before ?? 'ignore', last ? 'ignore' : 'pipe', 'pipe'] })
      children.push(child)
      ends.push(ended(child, program, signal))
      before?.destroy()
    }
    if (signal.aborted) kill()
    await Promise.all(ends)
  } finally {
    signal.removeEventListener('abort', kill)
    kill()
  }
}

async function ended(child: ChildProcess, program: string, signal: AbortSignal): Promise<void> {
  let words = ''
  child.stderr?.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-MOST_WORDS)
  })
  const [code, killedBy] = await once(child, 'close').catch((error) => {
    throw new ConversionFailed(`${program} cannot be run: ${String(error)}`, { cause: error })
  })
  if (code === 0) return
  if (signal.aborted) throw new ConversionFailed(`${program} took too long: raise recordings.convertSeconds`)
  throw new ConversionFailed(`${program} failed (${killedBy ?? code}): ${words.trim().slice(-300)}`)
}
