import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { type Check, ok, warning } from './finding.ts'

const SUBJECT = 'dialplan'

/** Are calls handed to us? Looks at the files when the PBX is on this machine. */
export function dialplanCheck({ directory, flavour }: Config['asterisk']): Check {
  return async () => {
    const file = join(directory, 'extensions_callweave.conf')
    try {
      await readFile(file, 'utf8')
      return [ok(SUBJECT, `${file} is installed`)]
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'EACCES')
        return [warning(SUBJECT, `${file} may not be read by this user`, 'run the doctor as root to look at it')]
      const cure = `callweave dialplan --pbx ${flavour} --install, on the PBX; without it calls are watched, but nobody asks where they should go`
      return [warning(SUBJECT, `${file} is not there`, cure)]
    }
  }
}
