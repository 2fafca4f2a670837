import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Logger } from 'pino'

/** What the service manager may be told (sd_notify(3)). */
export interface Notice {
  readonly READY?: '1'
  readonly WATCHDOG?: '1'
  readonly STOPPING?: '1'
  /** One line for people: `systemctl status` shows it. */
  readonly STATUS?: string
}

/** Tells systemd how we are. Without one it does nothing. Never rejects. */
export interface Systemd {
  notify(notice: Notice): Promise<void>
  /** How long it waits for a sign of life before it starts us anew, milliseconds; undefined: it does not look. */
  readonly watchdogMs: number | undefined
}

export interface SystemdDeps {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number
  readonly log: Pick<Logger, 'warn'>
}

const run = promisify(execFile)
const PATIENCE_MS = 5_000

/**
 * Node has no Unix datagram sockets. `systemd-notify` comes with every systemd; libraries for it are native code that would have to be
 * compiled on the PBX. Before version 246 its datagram could get lost when it had ended before systemd looked who sent it, so `READY=1` goes with
 * every sign of life: systemd takes it once.
 */
export function createSystemd({ env, pid, log }: SystemdDeps): Systemd {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: watched } = env
  if (!socket) return { notify: async () => undefined, watchdogMs: undefined }
  const isOurs = !watched || Number(watched) === pid
  let told = false
  return {
    watchdogMs: usec && isOurs ? Number(usec) / 1000 : undefined,
    notify: async (notice) => {
      const words = Object.entries(notice).map(([key, value]) => `${key}=${oneLine(value)}`)
      try {
        await run('systemd-notify', words, { env: { ...env, NOTIFY_SOCKET: socket }, timeout: PATIENCE_MS })
      } catch (error) {
        if (!told) log.warn({ error: String(error) }, 'systemd could not be told how the service is')
        told = true
      }
    },
  }
}

/** A line break would begin another variable. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200)
}
