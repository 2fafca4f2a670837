import { pino } from 'pino'
import { ConfigError, loadConfig } from '../config/load.ts'
import { alertChannels } from '../service/alert-channels.ts'
import { createDelivery } from '../watching/alerts/delivery.ts'
import { trialNote } from '../watching/alerts/sentences.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage =
  'callweave alerts test [--config FILE]     sends a trial to the webhook and the chat of the section "alerts"'

/** `callweave alerts test`: whether those who are told when something is wrong can be reached. Exit code 1 when one cannot. */
export async function alertsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { config: { type: 'string' } } as const
  const parsed = parseOptions({ args: [...args], options, allowPositionals: true }, usage, io)
  if (!parsed) return 2
  if (parsed.positionals.join(' ') !== 'test') {
    io.stderr.write(`usage: ${usage}\n`)
    return 2
  }
  try {
    const config = loadConfig(configFile(parsed.values.config))
    const channels = alertChannels(config)
    if (channels.length === 0) {
      io.stderr.write('callweave: nobody is told: set alerts.webhook or alerts.telegram (config/README.md)\n')
      return 1
    }
    await using delivery = createDelivery({ channels, log: pino({ level: 'silent' }) })
    const ends = Object.entries(await delivery.now(trialNote(config.service.pbx, config.alerts.language, Date.now())))
    for (const [name, why] of ends) io.stdout.write(`${name}: ${why === '' ? 'sent' : why}\n`)
    return ends.every(([, why]) => why === '') ? 0 : 1
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    io.stderr.write(`callweave: ${error.message}\n`)
    return 1
  }
}
