import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type Router from 'koa-router'
import type { Logger } from 'pino'
import { createHttpApp } from '../../http/http-app.ts'
import type { ControlDesk } from './control-desk.ts'
import { controlRouter } from './control-router.ts'

/** Where commands find the running service. */
export function controlSocketPath(directory: string): string {
  return join(directory, 'control.sock')
}

/**
 * Opens the door for commands: a Unix socket in the state directory that only the service's user and root can open, so that it needs neither
 * port nor password. A place where none can be made (a path of more than 107 characters) costs the commands, not the service.
 */
export async function openControlSocket(
  directory: string,
  desk: ControlDesk,
  log: Logger,
  more: readonly Router[] = [],
): Promise<AsyncDisposable> {
  const path = controlSocketPath(directory)
  const server = createServer(createHttpApp([controlRouter(desk), ...more], log).callback())
  try {
    // Of a process that died: the lock on the state says that no other lives.
    rmSync(path, { force: true })
    await listen(server, path)
    chmodSync(path, 0o600)
  } catch (error) {
    log.warn(
      { err: error, path },
      'the door for commands could not be opened; callweave outbox works while the service is stopped',
    )
  }
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Connecting takes the right to write, which nobody but the owner has even before the next line. */
async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(path, resolve)
  await promise
}
