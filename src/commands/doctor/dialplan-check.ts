import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { type Check, type Finding, ok, warning } from './finding.ts'

/** Are calls handed to us, and told whole? Looks at the files when the PBX is on this machine. */
export function dialplanCheck({ directory, flavour }: Config['asterisk']): Check {
  return async () => [
    await fileFinding(
      'dialplan',
      join(directory, 'extensions_callweave.conf'),
      `callweave dialplan --pbx ${flavour} --install, on the PBX; without it calls are watched, but nobody asks where they should go`,
    ),
    await fileFinding(
      'ARI',
      join(directory, 'ari_callweave.conf'),
      'callweave dialplan --ari --install, on the PBX; or see yourself to the user and to the channelvars of asterisk-conf/10-ari-general.conf.tmpl: without them skipped calls, voicemail and recordings are not told',
    ),
  ]
}

async function fileFinding(subject: string, file: string, cure: string): Promise<Finding> {
  try {
    await access(file, constants.F_OK)
    return ok(subject, `${file} is installed`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EACCES')
      return warning(subject, `${file} may not be looked at by this user`, 'run the doctor as root')
    return warning(subject, `${file} is not there`, cure)
  }
}
