import { existsSync } from 'node:fs'
import { readAriTemplate, renderAriConf } from '../asterisk/ari-conf.ts'
import { renderDialplan } from '../asterisk/dialplan.ts'
import { type FoundPbx, findPbx } from '../asterisk/dialplan-pbx.ts'
import { readDialplanTemplate } from '../asterisk/dialplan-templates.ts'
import { ariDropIn, type DropIn, dialplanDropIn, installDropIn, removeDropIn } from '../asterisk/drop-in.ts'
import { SettingError } from '../asterisk/setting-error.ts'
import { ConfigError, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'
import { afterInstall } from './dialplan-next-steps.ts'
import { ChoiceError, type DialplanChoices, dialplanSettings } from './dialplan-settings.ts'

const usage = `callweave dialplan [--pbx plain|freepbx|issabel] [--print|--install|--remove] [--ari] [--asterisk-dir DIR] [--config FILE]
  --print    shows the snippet that hands calls over (the default)
  --install  puts it into Asterisk's directory; again changes nothing
  --remove   takes it out: every file is as it was
  --ari      the same with ari.conf: the service's user, and what channels tell
  --pbx      what stands on top of Asterisk; left out: asterisk.flavour of the configuration, else what the files tell
  --ask-in destination|all-lines|nowhere   FreePBX and Issabel: where calls ask; left out: asterisk.askIn of the configuration
  --pbx-version N, --macro, --gosub        FreePBX: how it calls its own routines, when its files do not tell (17: gosub)`

const options = {
  pbx: { type: 'string' },
  'pbx-version': { type: 'string' },
  macro: { type: 'boolean' },
  gosub: { type: 'boolean' },
  'ask-in': { type: 'string' },
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
  const { values } = parsed
  const { print, install, remove, ari } = values
  if ([print, install, remove].filter(Boolean).length > 1) {
    io.stderr.write(`callweave: --print, --install and --remove exclude each other\nusage: ${usage}\n`)
    return 2
  }
  const { macro, gosub } = values
  const choices = { pbx: values.pbx, pbxVersion: values['pbx-version'], macro, gosub, askIn: values['ask-in'] }
  try {
    const config = configuration(values.config, io)
    const directory = values['asterisk-dir'] ?? config?.asterisk.directory ?? '/etc/asterisk'
    const dropIn = ari ? ariDropIn : dialplanDropIn
    const found = await findPbx(directory)
    if (remove) {
      if (!ari) refuseWhileUsed(found)
      return tell(await removeDropIn(directory, dropIn), 'taken out of', directory, dropIn, io)
    }
    if (install) {
      const text = ari ? ariText(config, (password) => password.reveal()) : snippet(choices, config, found)
      const code = tell(await installDropIn(directory, dropIn, text), 'put into', directory, dropIn, io)
      if (!ari) io.stdout.write(afterInstall(dialplanSettings(choices, config, found), found))
      return code
    }
    io.stdout.write(ari ? ariText(config, () => HIDDEN) : snippet(choices, config, found))
    return 0
  } catch (error) {
    io.stderr.write(`callweave: ${explained(error)}\n`)
    return error instanceof ChoiceError ? 2 : 1
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

function snippet(choices: DialplanChoices, config: Config | undefined, found: FoundPbx): string {
  return renderDialplan(dialplanSettings(choices, config, found), readDialplanTemplate)
}

/** A Custom Destination that leads nowhere would end every call that comes by. */
function refuseWhileUsed({ destinations }: FoundPbx): void {
  if (destinations.length === 0) return
  throw new SettingError(
    `the PBX still sends calls to our contexts (${destinations.join(', ')}): in its web page, let the routes that use this Custom Destination go on without it and delete it, then remove again`,
  )
}

type Password = Config['asterisk']['ari']['password']

function ariText(config: Config | undefined, shown: (password: Password) => string): string {
  if (!config)
    throw new SettingError("--ari takes user and password from the service's configuration; name it with --config")
  const { user, password } = config.asterisk.ari
  return renderAriConf({ user, password: shown(password) }, readAriTemplate)
}

function tell(changed: readonly string[], done: string, directory: string, dropIn: DropIn, io: CommandIo): number {
  if (changed.length === 0) {
    io.stdout.write(`${directory}: nothing to change\n`)
    return 0
  }
  const reload = dropIn === ariDropIn ? 'module reload res_ari.so' : 'dialplan reload'
  io.stdout.write(`${done} ${directory}: ${changed.join(', ')}\nNow let Asterisk read it: asterisk -rx "${reload}"\n`)
  return 0
}

function explained(error: unknown): string {
  if (error instanceof SettingError || error instanceof ConfigError) return error.message
  if (!(error instanceof Error) || !('code' in error)) throw error
  const cure =
    error.code === 'EACCES' || error.code === 'EPERM' ? "; run it as root or as the owner of Asterisk's files" : ''
  return error.message + cure
}
