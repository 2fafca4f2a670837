import { readdir, readFile } from 'node:fs/promises'

/** CPU time a process has used so far, all its threads, in microseconds. Read from the kernel's scheduler: exact to nanoseconds. */
export async function cpuMicros(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`)
  const used = await Promise.all(
    threads.map(async (thread) => {
      // A thread that ended meanwhile takes its share along; Node's pool lives as long as its process.
      const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')
      return Number(text.split(' ')[0])
    }),
  )
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1000
}

/** Resident memory of a process in MB (10⁶ bytes). @throws when there is no such process. */
export async function residentMb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8')
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory`)
  return (Number(kilobytes) * 1024) / 1e6
}

/** CPU time several processes use while something happens, in microseconds each. */
export async function cpuDuring(pids: readonly number[], act: () => Promise<unknown>): Promise<readonly number[]> {
  const before = await Promise.all(pids.map(cpuMicros))
  await act()
  const after = await Promise.all(pids.map(cpuMicros))
  return after.map((used, index) => used - (before[index] ?? 0))
}
