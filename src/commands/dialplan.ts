import { existsSync } from 'node:fs'
import { DialplanError, type DialplanSettings, renderDialplan } from '../asterisk/dialplan.ts'
import { installDialplan, removeDialplan } from '../asterisk/dialplan-files.ts'
import { readDialplanTemplate } from '../asterisk/dialplan-templates.ts'
import { ConfigError, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = `callweave dialplan [--pbx plain] [--print | --install | --remove] [--asterisk-dir DIR] [--config FILE]`

const options = {
  pbx: { type: 'string' },
  print: { type: 'boolean' },
  install: { type: 'boolean' },
  remove: { type: 'boolean' },
  'asterisk-dir': { type: 'string' },
  config: { type: 'string' },
} as const

/** What holds when there is no configuration yet: the same defaults as in its schema. */
const unconfigured = { directory: '/etc/asterisk', flavour: 'plain' } as const

/** `callweave dialplan`: prints the snippet that hands calls over, puts it into Asterisk's directory, or takes it out again. */
export async function dialplanCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options }, usage, io)
  if (!parsed) return 2
  const { pbx, print, install, remove, config: file } = parsed.values
  if ([print, install, remove].filter(Boolean).length > 1) {
    io.stderr.write(`callweave: --print, --install and --remove exclude each other\nusage: ${usage}\n`)
    return 2
  }
  try {
    const config = configuration(file, io)
    const flavour = pbx ?? config?.asterisk.flavour ?? unconfigured.flavour
    const directory = parsed.values['asterisk-dir'] ?? config?.asterisk.directory ?? unconfigured.directory
    const unready = refusal(flavour)
    if (unready) {
      io.stderr.write(`callweave: ${unready.sentence}\n`)
      return unready.exitCode
    }
    if (remove) return report(await removeDialplan(directory), 'taken out of', directory, io)
    const snippet = renderDialplan(settingsOf(config), readDialplanTemplate)
    if (install) return report(await installDialplan(directory, snippet), 'put into', directory, io)
    io.stdout.write(snippet)
    return 0
  } catch (error) {
    io.stderr.write(`callweave: ${explained(error)}\n`)
    return 1
  }
}

function configuration(option: string | undefined, io: CommandIo): Config | undefined {
  const file = configFile(option)
  if (option === undefined && !existsSync(file)) {
    io.stderr.write(`callweave: no ${file}; using the defaults\n`)
    return undefined
  }
  return loadConfig(file)
}

function settingsOf(config: Config | undefined): DialplanSettings {
  return {
    flavour: 'plain',
    application: config?.asterisk.ari.application ?? 'callweave',
    dial: config?.asterisk.dialString ?? 'PJSIP/{extension}',
    decisionSeconds: config?.service.decisionSeconds ?? 1.5,
    lines: [],
  }
}

function refusal(flavour: string): { readonly sentence: string; readonly exitCode: number } | undefined {
  switch (flavour) {
    case 'plain':
      return undefined
    case 'freepbx':
    case 'issabel':
      return {
        sentence: `this version makes the dialplan of a plain Asterisk only; ${flavour} is not supported yet. Calls are watched without it.`,
        exitCode: 1,
      }
    default:
      return { sentence: `--pbx ${flavour}: there is plain (freepbx and issabel are not supported yet)`, exitCode: 2 }
  }
}

function report(changed: readonly string[], what: string, directory: string, io: CommandIo): number {
  if (changed.length === 0) {
    io.stdout.write(`${directory}: nothing to change\n`)
    return 0
  }
  io.stdout.write(
    `${what} ${directory}: ${changed.join(', ')}\nNow let Asterisk read it: asterisk -rx "dialplan reload"\n`,
  )
  if (what === 'put into')
    io.stdout.write('Calls are handed over where your inbound context says Gosub(callweave-in,s,1($' + '{EXTEN}))\n')
  return 0
}

function explained(error: unknown): string {
  if (error instanceof DialplanError || error instanceof ConfigError) return error.message
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const message = error instanceof Error ? error.message : String(error)
  if (code === 'EACCES' || code === 'EPERM') return `${message}; run it as root or as the owner of Asterisk's files`
  if (code !== undefined) return message
  throw error
}
