import { isTree, type Tree } from '../../config/complete.ts'
import { ConfigError, checkConfig } from '../../config/load.ts'
import { administratorKeys } from './administrator-keys.ts'
import { checkedPassword } from './answers.ts'
import { configTree, writeConfig } from './config-tree.ts'

export interface SetPasswordOptions {
  readonly file: string
  readonly login: string
  readonly password: string
}

/**
 * Gives an administrator a new password; a login that is not there yet is added. The rest of the file stays as it is.
 * @returns what was done, for people.
 * @throws ConfigError
 */
export async function setPassword({ file, login, password }: SetPasswordOptions): Promise<string> {
  const keys = administratorKeys(login, checkedPassword(password))
  const config = await configTree(file)
  if (!config) throw new ConfigError(`${file}: no such file; "callweave setup --complete" makes it`)
  const webserver = isTree(config['webserver']) ? config['webserver'] : {}
  const before: readonly unknown[] = Array.isArray(webserver['administrators']) ? webserver['administrators'] : []
  const isTheirs = (entry: unknown): entry is Tree => isTree(entry) && entry['login'] === login
  const known = before.some(isTheirs)
  const administrators = known
    ? before.map((entry) => (isTheirs(entry) ? { ...entry, ...keys } : entry))
    : [...before, { login, ...keys }]
  const next = { ...config, webserver: { ...webserver, administrators } }
  checkConfig(next, file)
  await writeConfig(file, next)
  return `${file}: ${known ? 'new password for' : 'added'} administrator ${login}\n`
}
