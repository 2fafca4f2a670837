import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { kept } from '../../staff/kept.ts'
import { type Conflict, mergeTable } from '../../staff/merge-table.ts'
import { readStoredUnlisted } from '../../staff/unlisted.ts'
import { readStoredTable } from '../../staff/widget-table.ts'
import { openStoreForReading } from '../../store/sqlite/open-for-reading.ts'
import { type Check, type Finding, ok, warning } from './finding.ts'

const SUBJECT = 'staff'

/** Does the widget's table fit the configuration, and has everybody who talks with clients been listed? Looks at what the service has kept. */
export function staffCheck({ service, staff }: Config): Check {
  return async () => {
    const file = join(service.directory, 'callweave.db')
    if (!existsSync(file)) return []
    try {
      using store = openStoreForReading(file)
      const table = readStoredTable(await store.settings.get(kept.table))
      const unlisted = readStoredUnlisted(await store.settings.get(kept.unlisted))
      const { people, conflicts } = mergeTable<{ readonly extension: string; readonly user?: number | undefined }>(
        staff.people,
        table,
        (row) => row,
      )
      const listed = new Set(people.map(({ extension }) => extension))
      const strangers = unlisted.filter(({ extension }) => !listed.has(extension))
      const found: readonly Finding[] = [
        ...conflicts.map((conflict) =>
          warning(SUBJECT, contradiction(conflict), 'correct staff.people or the widget’s settings'),
        ),
        ...strangers.map(({ extension, calls }) =>
          warning(
            SUBJECT,
            `${extension} has talked with clients in ${calls} calls and belongs to nobody`,
            'list it in staff.people, or its calls go to whoever the rules fall back to',
          ),
        ),
      ]
      return found.length > 0
        ? found
        : [ok(SUBJECT, `${people.length} people; everybody who talked with clients is among them`)]
    } catch (error) {
      return [
        warning(
          SUBJECT,
          `what the service has kept cannot be read: ${String(error)}`,
          'run the doctor as the user of the service',
        ),
      ]
    }
  }
}

function contradiction({ why, row, holds }: Conflict): string {
  switch (why) {
    case 'user-has-other-extension':
      return `the widget gives user ${row.user} the extension ${row.extension}, the configuration ${holds.extension}; the configuration holds`
    case 'extension-has-other-user':
      return `the widget gives extension ${row.extension} to user ${row.user}, the configuration to ${holds.user}; the configuration holds`
    case 'extension-twice':
      return `the widget gives extension ${row.extension} to the users ${holds.user} and ${row.user}; the first holds`
    default:
      return why satisfies never
  }
}
