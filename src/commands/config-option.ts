import { env } from 'node:process'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type CommandIo, heedHelp } from './command.ts'

/** Where the configuration is when nobody says otherwise. */
const CONFIG_FILE = '/etc/callweave/config.json'

/** The configuration file meant by `--config`, else by CALLWEAVE_CONFIG, else the usual one. */
export function configFile(option: string | undefined): string {
  return option ?? env['CALLWEAVE_CONFIG'] ?? CONFIG_FILE
}

/**
 * Parses a command's arguments; on wrong usage tells what is wrong and how it goes, and returns undefined.
 * @throws HelpAsked
 */
export function parseOptions<const Options extends ParseArgsConfig>(options: Options, usage: string, io: CommandIo) {
  heedHelp(options.args, `usage: ${usage}\n`)
  try {
    return parseArgs(options)
  } catch (error) {
    io.stderr.write(`callweave: ${error instanceof Error ? error.message : String(error)}\nusage: ${usage}\n`)
    return undefined
  }
}
