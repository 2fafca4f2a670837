import { existsSync } from 'node:fs'
import { readAriTemplate, renderAriConf } from '../asterisk/ari-conf.ts'
import { type DialplanSettings, renderDialplan } from '../asterisk/dialplan.ts'
import { readDialplanTemplate } from '../asterisk/dialplan-templates.ts'
import { ariDropIn, type DropIn, dialplanDropIn, installDropIn, removeDropIn } from '../asterisk/drop-in.ts'
import { SettingError } from '../asterisk/setting-error.ts'
import { ConfigError, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = `callweave dialplan [--pbx plain] [--print | --install | --remove] [--ari] [--asterisk-dir DIR] [--config FILE]
  --print    shows the snippet that hands calls over (the default)
  --install  puts it into Asterisk's directory; again changes nothing
  --remove   takes it out: every file is as it was
  --ari      the same with ari.conf: the service's user, and what channels tell`

const options = {
  pbx: { type: 'string' },
  print: { type: 'boolean' },
  install: { type: 'boolean' },
  remove: { type: 'boolean' },
  ari: { type: 'boolean' },
  'asterisk-dir': { type: 'string' },
  config: { type: 'string' },
} as const

/** What is shown in place of the password: it is written to the file only. */
const HIDDEN = '(from-the-configuration)'

/** `callweave dialplan`: what Asterisk needs to hand calls over, shown, put into its directory, or taken out again. */
export async function dialplanCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options }, usage, io)
  if (!parsed) return 2
  const { pbx, print, install, remove, ari, config: file } = parsed.values
  if ([print, install, remove].filter(Boolean).length > 1) {
    io.stderr.write(`callweave: --print, --install and --remove exclude each other\nusage: ${usage}\n`)
    return 2
  }
  try {
    const config = configuration(file, io)
    const unready = refusal(pbx ?? config?.asterisk.flavour ?? 'plain')
    if (unready) {
      io.stderr.write(`callweave: ${unready.sentence}\n`)
      return unready.exitCode
    }
    const directory = parsed.values['asterisk-dir'] ?? config?.asterisk.directory ?? '/etc/asterisk'
    const dropIn = ari ? ariDropIn : dialplanDropIn
    if (remove) return tell(await removeDropIn(directory, dropIn), 'taken out of', directory, dropIn, io)
    if (install) {
      const text = ari ? ariText(config, (password) => password.reveal()) : snippet(config)
      return tell(await installDropIn(directory, dropIn, text), 'put into', directory, dropIn, io)
    }
    io.stdout.write(ari ? ariText(config, () => HIDDEN) : snippet(config))
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

function snippet(config: Config | undefined): string {
  const settings: DialplanSettings = {
    flavour: 'plain',
    application: config?.asterisk.ari.application ?? 'callweave',
    dial: config?.asterisk.dialString ?? 'PJSIP/{extension}',
    decisionSeconds: config?.service.decisionSeconds ?? 1.5,
    lines: (config?.lines ?? []).flatMap(({ did, decisionSeconds }) =>
      decisionSeconds === undefined ? [] : [{ did, decisionSeconds }],
    ),
  }
  return renderDialplan(settings, readDialplanTemplate)
}

type Password = Config['asterisk']['ari']['password']

function ariText(config: Config | undefined, shown: (password: Password) => string): string {
  if (!config)
    throw new SettingError("--ari takes user and password from the service's configuration; name it with --config")
  const { user, password } = config.asterisk.ari
  return renderAriConf({ user, password: shown(password) }, readAriTemplate)
}

function refusal(flavour: string): { readonly sentence: string; readonly exitCode: number } | undefined {
  switch (flavour) {
    case 'plain':
      return undefined
    case 'freepbx':
    case 'issabel': {
      const sentence = `this version makes the dialplan of a plain Asterisk only; ${flavour} is not supported yet. Calls are watched without it.`
      return { sentence, exitCode: 1 }
    }
    default:
      return { sentence: `--pbx ${flavour}: there is plain (freepbx and issabel are not supported yet)`, exitCode: 2 }
  }
}

function tell(changed: readonly string[], done: string, directory: string, dropIn: DropIn, io: CommandIo): number {
  if (changed.length === 0) {
    io.stdout.write(`${directory}: nothing to change\n`)
    return 0
  }
  const reload = dropIn === ariDropIn ? 'module reload res_ari.so' : 'dialplan reload'
  io.stdout.write(`${done} ${directory}: ${changed.join(', ')}\nNow let Asterisk read it: asterisk -rx "${reload}"\n`)
  if (done === 'put into' && dropIn === dialplanDropIn)
    io.stdout.write(`Calls are handed over where your inbound context says Gosub(callweave-in,s,1($\{EXTEN}))\n`)
  return 0
}

function explained(error: unknown): string {
  if (error instanceof SettingError || error instanceof ConfigError) return error.message
  if (!(error instanceof Error) || !('code' in error)) throw error
  const cure =
    error.code === 'EACCES' || error.code === 'EPERM' ? "; run it as root or as the owner of Asterisk's files" : ''
  return error.message + cure
}
