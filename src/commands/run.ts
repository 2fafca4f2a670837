import { once } from 'node:events'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { env } from 'node:process'
import { ConfigError, loadConfig } from '../config/load.ts'
import { CertificateError } from '../http/certificate.ts'
import { HttpDoorError } from '../http/http-door.ts'
import { createLog } from '../log.ts'
import { openLogStream } from '../log-stream.ts'
import { StoreError } from '../store/store-error.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = 'callweave run [--config FILE]'

/** `callweave run`: the service, until a signal ends it. Exit code 1 when it cannot start, with the cure. */
export async function runCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options: { config: { type: 'string' } } }, usage, io)
  if (!parsed) return 2
  const file = configFile(parsed.values.config)
  try {
    await serve(file, io.signal)
    return 0
  } catch (error) {
    if (!isForPeople(error)) throw error
    io.stderr.write(`callweave: ${error.message}\n`)
    return 1
  }
}

async function serve(configFile: string, signal: AbortSignal): Promise<void> {
  const reread = () => loadConfig(configFile)
  const config = reread()
  await using stream = openLogStream(config.service.logFile)
  const log = createLog(config.service.log, stream)
  // A hang-up never ends a service; for logrotate it says that the file has moved.
  process.on('SIGHUP', stream.reopen)
  rememberCompiledCode(config.service.directory)
  const { startService } = await import('../service.ts')
  await using service = await startService(config, { log, logStatus: stream.status, reread, configFile })
  log.info({ port: service.port, mode: config.service.mode, pbx: config.service.pbx }, 'callweave is up')
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), service.broken])
  log.info({ why: String(signal.reason) }, 'callweave is ending')
}

/**
 * Code stripped of its types is kept between starts, in a directory nobody else writes to, so that the stripper is neither waited for
 * nor kept in memory. Threads take the directory from the environment.
 */
function rememberCompiledCode(directory: string): void {
  const cache = join(directory, 'compile-cache')
  enableCompileCache(cache)
  env['NODE_COMPILE_CACHE'] = cache
}

/** Errors whose message tells a person what to do; everything else is a defect and keeps its stack. */
function isForPeople(error: unknown): error is Error {
  return [ConfigError, HttpDoorError, CertificateError, StoreError].some((kind) => error instanceof kind)
}
