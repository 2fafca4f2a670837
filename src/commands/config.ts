import { configReference, exampleConfig } from '../config/example.ts'
import { ConfigError, loadConfig } from '../config/load.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = 'callweave config [--config FILE | --example | --reference]'

/** `callweave config`: checks the configuration file, or prints an example or the reference of all keys. */
export async function configCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { config: { type: 'string' }, example: { type: 'boolean' }, reference: { type: 'boolean' } } as const
  const parsed = parseOptions({ args: [...args], options }, usage, io)
  if (!parsed) return 2
  if (parsed.values.example) return print(exampleConfig(), io)
  if (parsed.values.reference) return print(configReference(), io)
  const file = configFile(parsed.values.config)
  try {
    loadConfig(file)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    io.stderr.write(`${error.message}\n`)
    return 1
  }
  return print(`${file}: every key is right\n`, io)
}

function print(text: string, io: CommandIo): number {
  io.stdout.write(text)
  return 0
}
