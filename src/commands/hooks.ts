import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, loadConfig } from '../config/load.ts'
import { hooksDirectory } from '../service/hooks-side.ts'
import { StoreError } from '../store/store-error.ts'
import type { Command, CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'
import { dryRun } from './hooks/dry-run.ts'
import { initHooks } from './hooks/init-hooks.ts'
import { listHooks } from './hooks/list-hooks.ts'
import { InputError } from './input-error.ts'

const USAGE = `callweave hooks init                       make the directory, with what editors need
       callweave hooks list                       what lies in it, and what is wrong with it
       callweave hooks test FILE --call CALL      ask a hook about a past call; nothing is changed anywhere
                [--point POINT] [--crm]           CALL: a call's id, or a recording as "callweave interpret" reads it
       all: [--config FILE]`

const options = {
  config: { type: 'string' },
  call: { type: 'string' },
  point: { type: 'string' },
  crm: { type: 'boolean' },
} as const

/** `callweave hooks`: customers' scripts, without the service. 0 well, 1 something is wrong with a hook, 2 wrong usage. */
export const hooksCommand: Command = async (args, io) => {
  const parsed = parseOptions({ args: [...args], allowPositionals: true, options }, USAGE, io)
  if (!parsed) return 2
  const [action, file, ...more] = parsed.positionals
  const { call, point, crm = false } = parsed.values
  const wrong = (): number => {
    io.stderr.write(`usage: ${USAGE}\n`)
    return 2
  }
  const named = configFile(parsed.values.config)
  return forPeople(io, async () => {
    const config = loadConfig(named)
    const directory = hooksDirectory(config, named)
    switch (action) {
      case 'init':
        return file === undefined ? initHooks(directory, io) : wrong()
      case 'list':
        return file === undefined ? listHooks({ directory, owners: await ownersOf(named), config }, io) : wrong()
      case 'test': {
        if (file === undefined || call === undefined || more.length > 0) return wrong()
        const database = join(config.service.directory, 'callweave.db')
        return dryRun(
          { config, configFile: named, database, file, call, point, crm, owners: await ownersOf(named) },
          io,
        )
      }
      default:
        return wrong()
    }
  })
}

/** Root and whom the configuration belongs to: that is the service. */
async function ownersOf(file: string): Promise<ReadonlySet<number>> {
  return new Set([0, (await stat(file)).uid])
}

async function forPeople(io: CommandIo, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    const known = [ConfigError, StoreError, InputError].some((kind) => error instanceof kind)
    if (!(error instanceof Error) || !(known || 'code' in error)) throw error
    io.stderr.write(`callweave hooks: ${error.message}\n`)
    return 1
  }
}
