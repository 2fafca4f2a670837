import { readFileSync } from 'node:fs'
import { readAriTemplate, renderAriConf } from '../../asterisk/ari-conf.ts'
import { SettingError } from '../../asterisk/setting-error.ts'
import { loadConfig } from '../../config/load.ts'
import type { CommandIo } from '../command.ts'
import { dialplanCommand } from '../dialplan.ts'
import { databaseSql } from './database-sql.ts'

export interface PbxScriptOptions {
  readonly file: string
  /** The service's address as the PBX's database sees it; left out: any. */
  readonly from: string | undefined
  /** FreePBX's own: its dialplan depends on it. */
  readonly pbxVersion: string | undefined
}

/**
 * A POSIX shell script that puts the drop-ins into a PBX which Callweave runs beside, and takes them out again. An old PBX has
 * no Node, so everything is rendered here.
 * @throws ConfigError, SettingError
 */
export async function pbxScript({ file, from, pbxVersion }: PbxScriptOptions, io: CommandIo): Promise<string> {
  const { asterisk, database } = loadConfig(file)
  const { user, password } = asterisk.ari
  const version = pbxVersion === undefined ? [] : ['--pbx-version', pbxVersion]
  const parts: Readonly<Record<string, string>> = {
    ari: renderAriConf({ user, password: password.reveal() }, readAriTemplate),
    dialplan: await dialplanText(['--pbx', asterisk.flavour, '--config', file, ...version], io),
    sql: database ? databaseSql(file, from ?? '%') : '',
    table: database ? `${database.name}.${database.celTable}` : '',
    user: database ? database.user : '',
    host: from ?? '%',
  }
  const template = readFileSync(new URL('../../../asterisk-conf/on-the-pbx.sh.tmpl', import.meta.url), 'utf8')
  return template.replace(/^\{\{(\w+)\}\}\n|\{\{(\w+)\}\}/gm, (_whole, block?: string, inline?: string) => {
    const value = parts[block ?? inline ?? '']
    if (value === undefined)
      throw new SettingError(`on-the-pbx.sh.tmpl asks for {{${block ?? inline}}}, which is nothing`)
    return value
  })
}

async function dialplanText(args: readonly string[], { signal }: CommandIo): Promise<string> {
  const said = { out: '', err: '' }
  const captured = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    signal,
  }
  const code = await dialplanCommand(['--print', ...args], captured)
  if (code !== 0) throw new SettingError(said.err.replace(/^callweave: /, '').trim())
  return said.out
}
