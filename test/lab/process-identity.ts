import { readFile } from 'node:fs/promises'

/** A process id alone may belong to somebody else after a while; with its start time it cannot. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot, field 22 of /proc/PID/stat (proc(5)). */
  readonly startTime: string
}

/** @returns undefined when there is no such process, or only its zombie */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // The command name may contain spaces and parentheses: fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const startTime = fields[19]
  if (state === 'Z' || startTime === undefined) return undefined
  return { pid, startTime }
}

export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  const now = await identify(process.pid)
  return now?.startTime === process.startTime
}

export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^(\d+) (\d+)/.exec(text)
  if (!match?.[1] || !match[2]) return undefined
  return { pid: Number(match[1]), startTime: match[2] }
}
