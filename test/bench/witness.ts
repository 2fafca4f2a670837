import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A process of its own beside the service: whatever it does costs the service and the bench nothing but its share of the cores. */
export interface Witness<Answer> extends AsyncDisposable {
  readonly pid: number
  /** What it has seen so far. */
  ask(): Promise<Answer>
}

/**
 * Starts `file` (of `witnesses/`) and waits until it says that it is ready.
 * @throws when it ends before
 */
export async function startWitness<Answer>(file: string, options: object): Promise<Witness<Answer>> {
  const child = fork(new URL(`./witnesses/${file}`, import.meta.url), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const next = async (): Promise<unknown> => {
    const ended = new AbortController()
    const gone = () => ended.abort(new Error(`${file} ended`))
    child.once('exit', gone)
    try {
      const [message] = await once(child, 'message', { signal: ended.signal })
      return message
    } finally {
      child.off('exit', gone)
    }
  }
  await next()
  const { pid } = child
  if (pid === undefined) throw new Error(`${file} could not be started`)
  return {
    pid,
    async ask() {
      const answer = next()
      child.send('tell')
      return (await answer) as Answer
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
