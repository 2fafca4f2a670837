import { join, resolve } from 'node:path'
import { ConfigError, loadConfig } from '../config/load.ts'
import { restoreDatabase } from '../store/sqlite/restore-database.ts'
import { asStoreError } from '../store/sqlite/sqlite-failure.ts'
import type { Command } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = 'callweave restore [--config FILE] FILE'

/** `callweave restore`: puts a copy in the place of the state of a stopped service. 0 done, 1 not, 2 wrong usage. */
export const restoreCommand: Command = async (args, io) => {
  const parsed = parseOptions(
    { args: [...args], allowPositionals: true, options: { config: { type: 'string' } } },
    usage,
    io,
  )
  const [copy, ...more] = parsed?.positionals ?? []
  if (!parsed || copy === undefined || more.length > 0) {
    if (parsed) io.stderr.write(`usage: ${usage}\n`)
    return 2
  }
  try {
    const { directory } = loadConfig(configFile(parsed.values.config)).service
    const kept = restoreDatabase(resolve(copy), join(directory, 'callweave.db'), Date.now())
    io.stdout.write(`The state is that of ${copy}.\n`)
    if (kept !== undefined) io.stdout.write(`What was there is kept as ${kept}.\n`)
    io.stdout.write(
      'At its next start the service reads in CEL what happened since; notes that stand in the CRM are adopted, not doubled.\n',
    )
    return 0
  } catch (error) {
    const told = error instanceof ConfigError ? error : asStoreError(error)
    io.stderr.write(`callweave restore: ${told.message}\n`)
    return 1
  }
}
