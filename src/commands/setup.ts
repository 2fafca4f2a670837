import { env } from 'node:process'
import { SettingError } from '../asterisk/setting-error.ts'
import { ConfigError } from '../config/load.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'
import { askSecret } from './setup/ask-secret.ts'
import { checkDatabase } from './setup/check-database.ts'
import { completeFile, questionsFor } from './setup/complete-file.ts'
import { databaseSql } from './setup/database-sql.ts'
import { switchHttp } from './setup/http-switch.ts'
import { pbxScript } from './setup/pbx-script.ts'
import { setPassword } from './setup/set-password.ts'

const usage = `callweave setup ACTION [--config FILE] [--asterisk-dir DIR]     what install.sh does its work with
  --questions       what only a person can tell and the configuration does not have: VARIABLE shown|secret QUESTION, one a line
  --complete        adds to the configuration what it does not have, from CALLWEAVE_CRM_URL, CALLWEAVE_CRM_TOKEN,
                    CALLWEAVE_ADMIN_LOGIN, CALLWEAVE_ADMIN_PASSWORD, … (install.sh --help); changes nothing that is there
  --password LOGIN  gives an administrator a new password, or adds one; it is taken from CALLWEAVE_ADMIN_PASSWORD or asked for
  --http on|off     opens Asterisk's HTTP server on 127.0.0.1, or takes that out again
  --sql             SQL that makes the configured user of the CDR/CEL database, who may only read; for callers elsewhere: --from HOST
  --check-database  whether that user can read the tables
  --on-the-pbx      a shell script with everything the PBX needs when Callweave runs beside it; it holds passwords.
                    --from HOST as above; FreePBX: --pbx-version 16`

const options = {
  config: { type: 'string' },
  'asterisk-dir': { type: 'string' },
  questions: { type: 'boolean' },
  complete: { type: 'boolean' },
  password: { type: 'string' },
  http: { type: 'string' },
  sql: { type: 'boolean' },
  from: { type: 'string' },
  'check-database': { type: 'boolean' },
  'on-the-pbx': { type: 'boolean' },
  'pbx-version': { type: 'string' },
} as const

/** `callweave setup`: the steps of an installation that need more than a shell. Each done twice changes nothing. */
export async function setupCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options }, usage, io)
  if (!parsed) return 2
  const { values } = parsed
  const file = configFile(values.config)
  const directory = values['asterisk-dir'] ?? '/etc/asterisk'
  try {
    if (values.questions) return print(await questionsFor(file), io)
    if (values.complete) return print(await completeFile({ file, directory, env }), io)
    if (values.password !== undefined) {
      const password = env['CALLWEAVE_ADMIN_PASSWORD'] || (await askSecret(`New password for ${values.password}: `, io))
      return print(await setPassword({ file, login: values.password, password }), io)
    }
    if (values.http === 'on' || values.http === 'off') return print(await switchHttp(directory, values.http), io)
    if (values.sql) return print(databaseSql(file, values.from), io)
    if (values['check-database']) return await checkDatabase(file, io)
    if (values['on-the-pbx'])
      return print(await pbxScript({ file, from: values.from, pbxVersion: values['pbx-version'] }, io), io)
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof SettingError)) throw error
    io.stderr.write(`callweave: ${error.message}\n`)
    return 1
  }
  io.stderr.write(`usage: ${usage}\n`)
  return 2
}

function print(text: string, io: CommandIo): number {
  io.stdout.write(text)
  return 0
}
