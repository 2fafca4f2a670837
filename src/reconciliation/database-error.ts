/** Why CDR and CEL could not be read. Each kind has its own cure; none of them ever touches live calls. */
export abstract class DatabaseError extends Error {
  /** What is wrong, without the cure. */
  readonly what: string
  /** What to do, a sentence for the administrator. */
  readonly cure: string

  constructor(what: string, cure: string, options?: ErrorOptions) {
    super(`${what}: ${cure}`, options)
    this.what = what
    this.cure = cure
  }
}

/** Nobody answers, or not in time; trying again later may help. */
export class DatabaseUnreachable extends DatabaseError {
  override name = 'DatabaseUnreachable'
}

/** It answers and says no: user, password or rights. */
export class DatabaseRefused extends DatabaseError {
  override name = 'DatabaseRefused'
}

/** The tables are not what can be read: a table, a column or an index is missing. */
export class SchemaUnusable extends DatabaseError {
  override name = 'SchemaUnusable'
}

export interface DatabasePlace {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly name: string
}

/** What a failure of mysql2 means. An error of ours stays what it is. */
export function asDatabaseError(error: unknown, place: DatabasePlace): DatabaseError {
  if (error instanceof DatabaseError) return error
  const { host, port, user, name } = place
  const where = `${host}:${port}`
  const options = { cause: error }
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return new DatabaseUnreachable(
        `nothing listens at ${where}`,
        'start MariaDB/MySQL, or set database.host and database.port',
        options,
      )
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new DatabaseUnreachable(
        `${where} does not answer`,
        'open the port in the firewall, or set database.host',
        options,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new DatabaseUnreachable(`the name ${host} is unknown`, 'set database.host', options)
    case 'PROTOCOL_SEQUENCE_TIMEOUT':
    case 'ER_STATEMENT_TIMEOUT':
    case 'ER_QUERY_TIMEOUT':
    case 'ER_QUERY_INTERRUPTED':
      return new DatabaseUnreachable(
        `${where} takes too long to answer`,
        'look at its load; the tables need their indexes',
        options,
      )
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
      return new DatabaseRefused(
        `the database refuses ${user}`,
        'set database.user and database.password, or GRANT for the host Callweave runs on',
        options,
      )
    case 'ER_HOST_NOT_PRIVILEGED':
    case 'ER_HOST_IS_BLOCKED':
      return new DatabaseRefused(
        `the database takes no connections from here`,
        `GRANT SELECT ON ${name}.* TO '${user}'@'…', or FLUSH HOSTS`,
        options,
      )
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
    case 'ER_COLUMNACCESS_DENIED_ERROR':
      return new DatabaseRefused(`${user} may not read ${name}`, `GRANT SELECT ON ${name}.* TO '${user}'@'…'`, options)
    case 'ER_BAD_DB_ERROR':
      return new SchemaUnusable(`there is no database ${name}`, 'set database.name', options)
    case 'ER_NO_SUCH_TABLE':
      return new SchemaUnusable(`${name} lacks a table`, 'set database.cdrTable and database.celTable', options)
    case 'ER_BAD_FIELD_ERROR':
      return new SchemaUnusable(
        `a table of ${name} has changed`,
        'the next try reads its columns anew; name other columns in database.columns',
        options,
      )
    default:
      return new DatabaseUnreachable(
        `${where}: ${error instanceof Error ? error.message : String(error)}`,
        'look at the database server and the section "database" of the configuration',
        options,
      )
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
