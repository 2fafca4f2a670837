import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Check, failure, ok, warning } from './finding.ts'

const SUBJECT = 'own state'
/** The journal of a busy PBX grows by some 100 MB a year. */
const ENOUGH_BYTES = 1024 ** 3

/** Can the service keep its journal in this directory, and is there room? */
export function stateCheck(directory: string): Check {
  return async () => {
    const place = await nearest(directory)
    try {
      await access(place, constants.W_OK | constants.X_OK)
    } catch {
      return [
        failure(
          SUBJECT,
          `${place} may not be written by this user`,
          'run the doctor as the user of the service, or set service.directory',
        ),
      ]
    }
    const { bavail, bsize } = await statfs(place)
    const gigabytes = ((bavail * bsize) / 1024 ** 3).toFixed(1)
    if (bavail * bsize < ENOUGH_BYTES) {
      return [
        warning(
          SUBJECT,
          `${directory} has ${gigabytes} GB left`,
          'make room: a full disk stops the journal, and calls are not registered',
        ),
      ]
    }
    return [ok(SUBJECT, `${directory}, ${gigabytes} GB free`)]
  }
}

/** The directory itself, or the nearest one above it that exists: the service creates the rest. */
async function nearest(directory: string): Promise<string> {
  try {
    await access(directory, constants.F_OK)
    return directory
  } catch {
    const above = dirname(directory)
    return above === directory ? directory : nearest(above)
  }
}
