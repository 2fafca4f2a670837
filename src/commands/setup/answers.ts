import type { Answers } from '../../config/complete.ts'
import { ConfigError } from '../../config/load.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Shorter ones are tried out within hours at any door that is open to the world. */
const PASSWORD_LENGTH = 8

/**
 * What the environment answers; an empty value is no answer.
 * @throws ConfigError naming the variable whose value cannot be used.
 */
export function answersFrom(env: Environment): Answers {
  const told = (name: string) => env[`CALLWEAVE_${name}`]?.trim() || undefined
  return {
    // A fresh install watches until told otherwise (design section 4).
    mode: 'watch',
    port: port(told('PORT'), 'PORT'),
    administrator: administrator(told('ADMIN_LOGIN') ?? 'admin', env['CALLWEAVE_ADMIN_PASSWORD']),
    flavour: told('PBX'),
    asteriskDirectory: told('ASTERISK_DIR'),
    ariUrl: told('ARI_URL'),
    ariUser: told('ARI_USER'),
    ariPassword: told('ARI_PASSWORD'),
    database: database(told),
    crmUrl: accountAddress(told('CRM_URL')),
    crmToken: told('CRM_TOKEN'),
  }
}

function database(told: (name: string) => string | undefined): Answers['database'] {
  const [host, user] = [told('DATABASE_HOST'), told('DATABASE_USER')]
  if (host === undefined) return undefined
  return { host, port: port(told('DATABASE_PORT'), 'DATABASE_PORT') ?? 3306, ...(user !== undefined && { user }) }
}

function administrator(login: string, password: string | undefined): Answers['administrator'] {
  if (!password) return undefined
  return { login, password: checkedPassword(password) }
}

/** @throws ConfigError when nobody should log in with that. */
export function checkedPassword(password: string): string {
  if (password.length < PASSWORD_LENGTH)
    throw new ConfigError(`CALLWEAVE_ADMIN_PASSWORD: at least ${PASSWORD_LENGTH} characters`)
  return password
}

function port(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,5}$/.test(text)) throw new ConfigError(`CALLWEAVE_${name}: a port number`)
  return Number(text)
}

/** People copy what their browser shows, `acme.amocrm.ru` or the address of a page. */
function accountAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  return URL.parse(/^https?:\/\//.test(text) ? text : `https://${text}`)?.origin ?? text
}
