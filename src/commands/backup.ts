import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError, loadConfig } from '../config/load.ts'
import { backupName } from '../service/upkeep/daily-backup.ts'
import { backupDirectory } from '../service/upkeep/upkeep-side.ts'
import { backupDatabase } from '../store/sqlite/backup-database.ts'
import { asStoreError } from '../store/sqlite/sqlite-failure.ts'
import { StoreError } from '../store/store-error.ts'
import type { Command } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = 'callweave backup [--config FILE] [FILE]'

/**
 * `callweave backup`: copies the state, beside the running service and without it noticing. Into the folder of the daily copies unless FILE is
 * named; a file that is there already is left alone. 0 copied, 1 not, 2 wrong usage.
 */
export const backupCommand: Command = async (args, io) => {
  const parsed = parseOptions(
    { args: [...args], allowPositionals: true, options: { config: { type: 'string' } } },
    usage,
    io,
  )
  if (!parsed || parsed.positionals.length > 1) {
    if (parsed) io.stderr.write(`usage: ${usage}\n`)
    return 2
  }
  try {
    const { directory } = loadConfig(configFile(parsed.values.config)).service
    const [named] = parsed.positionals
    const target = named === undefined ? join(backupDirectory(directory), backupName(Date.now())) : resolve(named)
    if (existsSync(target)) {
      io.stderr.write(`callweave backup: ${target} is there already\n`)
      return 1
    }
    const state = join(directory, 'callweave.db')
    if (!existsSync(state)) throw new StoreError('not-openable', `${state}: no such file`)
    const began = performance.now()
    const bytes = backupDatabase(state, target)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    io.stdout.write(`${target}: ${(bytes / 1e6).toFixed(1)} MB in ${seconds} s\n`)
    io.stdout.write('Not in it: the configuration, crm-tokens.json (OAuth) and recording-keys.json.\n')
    return 0
  } catch (error) {
    const told = error instanceof ConfigError ? error : asStoreError(error)
    io.stderr.write(`callweave backup: ${told.message}\n`)
    return 1
  }
}
