import { readFileSync } from 'node:fs'
import { readAriTemplate, renderAriConf } from '../../asterisk/ari-conf.ts'
import { SettingError } from '../../asterisk/setting-error.ts'
import { loadConfig } from '../../config/load.ts'
import type { CommandIo } from '../command.ts'
import { dialplanCommand } from '../dialplan.ts'
import { databaseSql } from './database-sql.ts'

/**
 * A POSIX shell script that puts the drop-ins into a PBX which Callweave runs beside, and takes them out again. An old PBX has
 * no Node, so everything is rendered here.
 * @param from the service's address as the PBX's database sees it; left out: any.
 * @throws ConfigError, SettingError
 */
export async function pbxScript(file: string, from: string | undefined, io: CommandIo): Promise<string> {
  const { asterisk, database } = loadConfig(file)
  const { user, password } = asterisk.ari
  const parts: Readonly<Record<string, string>> = {
    ari: renderAriConf({ user, password: password.reveal() }, readAriTemplate),
    dialplan: await dialplanText(file, asterisk.flavour, io),
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

async function dialplanText(file: string, flavour: string, { signal }: CommandIo): Promise<string> {
  const said = { out: '', err: '' }
  const captured = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    signal,
  }
  const code = await dialplanCommand(['--print', '--pbx', flavour, '--config', file], captured)
  if (code !== 0) throw new SettingError(said.err.replace(/^callweave: /, '').trim())
  return said.out
}
