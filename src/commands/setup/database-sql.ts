import { ConfigError, loadConfig } from '../../config/load.ts'

/**
 * SQL that makes the configured user, who may read the two tables and nothing else. Plain CREATE USER and GRANT: MySQL 5 to 8
 * and MariaDB 5 to 11 all take them.
 * @param from host the service connects from; left out: this machine, under both of its names.
 * @throws ConfigError
 */
export function databaseSql(file: string, from: string | undefined): string {
  const { database } = loadConfig(file)
  if (!database) throw new ConfigError(`${file}: has no section "database"; add it first`)
  if (!database.password) throw new ConfigError(`${file}: database.csv names a file; nobody needs rights`)
  const { password } = database
  const { user, name, cdrTable, celTable } = database
  const hosts = from === undefined ? ['localhost', '127.0.0.1'] : [from]
  const lines = hosts.flatMap((host) => {
    const who = `${text(user)}@${text(host)}`
    return [
      `CREATE USER ${who} IDENTIFIED BY ${text(password.reveal())};`,
      ...[cdrTable, celTable].map((table) => `GRANT SELECT ON ${quoted(name)}.${quoted(table)} TO ${who};`),
    ]
  })
  return `${lines.join('\n')}\n`
}

function text(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
