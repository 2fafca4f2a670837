#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' }
import { type Command, HelpAsked } from './commands/command.ts'

const usage = `callweave ${packageJson.version}: joins an Asterisk PBX to amoCRM/Kommo

usage: callweave COMMAND [OPTIONS]

set up
  doctor      check everything the service needs     callweave doctor
  config      check a configuration, or an example   callweave config [--example | --reference]
  dialplan    the snippet that hands calls over      callweave dialplan [--pbx plain] [--print|--install|--remove]
              … and the ARI user                     callweave dialplan --ari [--print|--install|--remove]
  hooks       customers' own scripts                 callweave hooks init|list|test FILE --call ID|RECORDING
  alerts      send a trial to whoever is told        callweave alerts test
  testcall    a call nobody makes proves the path    callweave testcall
  setup       the steps of install.sh                callweave setup ACTION

run
  run         run the service                        callweave run
  crm         authorise the integration anew         callweave crm authorise --code CODE
  recordings  keys of links to recordings            callweave recordings keys [--new | --retire ID]
  backup      a copy of the state                    callweave backup [FILE]
  restore     a copy in the place of the state       callweave restore FILE
  forget      take a person out of the state         callweave forget [--dry-run] [--recordings] NUMBER

look into calls
  explain     why a call stands where it stands      callweave explain [--lang ru|en] CALL-ID
  interpret   tell the calls of a recording          callweave interpret [--source ari|cel] FILE
  outbox      CRM writes that wait or were refused   callweave outbox [--dead] [--retry KEY | --retry-all | --drop KEY]
  ledger      every call of the PBX, and where it is callweave ledger [--day YYYY-MM-DD] [--days N] [--json]
  backfill    have calls of the past read again      callweave backfill --from DATE [--to DATE] [--id ID] [--dry]

All of them take --config FILE; COMMAND --help tells more.
The configuration is /etc/callweave/config.json unless --config or CALLWEAVE_CONFIG names another file.
`

/** Loaded when asked for: `interpret` must not wait for what `run` needs. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  dialplan: async () => (await import('./commands/dialplan.ts')).dialplanCommand,
  interpret: async () => (await import('./commands/interpret.ts')).interpretCommand,
  outbox: async () => (await import('./commands/outbox.ts')).outboxCommand,
  crm: async () => (await import('./commands/crm.ts')).crmCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  hooks: async () => (await import('./commands/hooks.ts')).hooksCommand,
  backfill: async () => (await import('./commands/backfill.ts')).backfillCommand,
  alerts: async () => (await import('./commands/alerts.ts')).alertsCommand,
  testcall: async () => (await import('./commands/testcall.ts')).testcallCommand,
  ledger: async () => (await import('./commands/ledger.ts')).ledgerCommand,
  config: async () => (await import('./commands/config.ts')).configCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/restore.ts')).restoreCommand,
  forget: async () => (await import('./commands/forget.ts')).forgetCommand,
  recordings: async () => (await import('./commands/recordings.ts')).recordingsCommand,
  setup: async () => (await import('./commands/setup.ts')).setupCommand,
}

/** The first signal asks everything to end in good order; a second one ends at once, by the system's own hand. */
function untilSignalled(): AbortSignal {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => ending.abort(new Error(`ended by ${name}`)))
  }
  return ending.signal
}

async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  if (['', 'help', '--help', '-h'].includes(name)) {
    process.stdout.write(usage)
    return name === '' ? 2 : 0
  }
  if (['--version', '-v'].includes(name)) {
    process.stdout.write(`${packageJson.version}\n`)
    return 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!load) {
    process.stderr.write(`callweave: there is no command "${name}"\n\n${usage}`)
    return 2
  }
  const command = await load()
  try {
    return await command(rest, { stdout: process.stdout, stderr: process.stderr, signal: untilSignalled() })
  } catch (error) {
    if (!(error instanceof HelpAsked)) throw error
    process.stdout.write(error.usage)
    return 0
  }
}

process.exitCode = await main(process.argv.slice(2))
