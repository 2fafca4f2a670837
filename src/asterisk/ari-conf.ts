import { readFileSync } from 'node:fs'
import { SettingError } from './setting-error.ts'

export interface AriUser {
  readonly user: string
  readonly password: string
}

/** Names of the drop-ins of `asterisk-conf/` that make one file, in order. */
const dropIns = ['10-ari-general', '20-ari-user'] as const

/**
 * What ari.conf needs for the service: its user, what channel objects carry, patience with the link.
 * @throws SettingError when user or password cannot stand in a configuration file of Asterisk.
 */
export function renderAriConf({ user, password }: AriUser, template: (name: string) => string): string {
  if (!/^[\w.@-]{1,80}$/.test(user) || user === 'general')
    throw new SettingError('asterisk.ari.user: letters, digits and . @ _ - only, and not "general"')
  // Asterisk takes what follows a semicolon for a comment and cuts spaces at both ends.
  if (!/^[!-:<-~](?:[ -:<-~]*[!-:<-~])?$/.test(password))
    throw new SettingError(
      'asterisk.ari.password: ASCII letters, digits and signs other than the semicolon, no space at either end',
    )
  const values: Readonly<Record<string, string>> = { user, password }
  return dropIns
    .map(template)
    .join('')
    .replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name] ?? '')
}

/** Reads a template of `asterisk-conf/` by its name: `10-ari-general`. */
export function readAriTemplate(name: string): string {
  return readFileSync(new URL(`../../asterisk-conf/${name}.conf.tmpl`, import.meta.url), 'utf8')
}
