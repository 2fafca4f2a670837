import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { StaffMember } from '../calls/staff.ts'
import { watchContent } from '../config/watch.ts'
import { type MobilesFile, noMobiles, readMobiles } from '../staff/mobiles-file.ts'

interface Listed {
  readonly extension: string
  readonly user?: number | undefined
  readonly mobiles: readonly string[]
}

export interface MobilesSideDeps {
  readonly file: string | undefined
  /** The file says something else now. */
  readonly changed: () => void
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly lookMs?: number | undefined
}

/** The file of the staff's outside numbers, as it stands now. One that cannot be read keeps what was known of it. */
export interface MobilesSide extends Disposable {
  /** Another file from now on, or none. */
  follow(file: string | undefined): void
  /** People with their numbers of the file; whoever has one and is not listed is there with nothing else. */
  addTo(people: readonly Listed[]): readonly StaffMember[]
  /** Numbers that belong to nobody in particular. */
  others(): readonly string[]
  status(): {
    readonly file: string | undefined
    readonly numbers: number
    readonly wrongLines: readonly number[]
    readonly trouble: string | undefined
  }
}

export function openMobiles({ file: first, changed, log, lookMs }: MobilesSideDeps): MobilesSide {
  let file: string | undefined
  let known: MobilesFile = noMobiles
  let trouble: string | undefined
  let watch: Disposable | undefined

  const read = (): boolean => {
    if (file === undefined) return false
    try {
      known = readMobiles(readFileSync(file, 'utf8'))
      trouble = undefined
      log.info({ file, numbers: count(known), wrongLines: known.wrong }, 'the file of mobiles was read')
      return true
    } catch (error) {
      trouble = String(error)
      log.warn({ file, error: trouble }, 'the file of mobiles cannot be read; what was known holds')
      return false
    }
  }

  const follow = (next: string | undefined): void => {
    if (next === file) return
    watch?.[Symbol.dispose]()
    watch = undefined
    file = next
    trouble = undefined
    if (file === undefined) known = noMobiles
    else {
      read()
      watch = watchContent(file, () => read() && changed(), lookMs)
    }
  }
  follow(first)

  return {
    follow,
    addTo: (people) => {
      const listed = new Set(people.map(({ extension }) => extension))
      const more = [...known.owned].filter(([extension]) => !listed.has(extension))
      return [
        ...people.map(({ extension, user, mobiles }) => ({
          extension,
          mobiles: [...mobiles, ...(known.owned.get(extension) ?? [])],
          ...(user !== undefined && { user }),
        })),
        ...more.map(([extension, mobiles]) => ({ extension, mobiles })),
      ]
    },
    others: () => known.others,
    status: () => ({ file, numbers: count(known), wrongLines: known.wrong, trouble }),
    [Symbol.dispose]: () => watch?.[Symbol.dispose](),
  }
}

function count({ owned, others }: MobilesFile): number {
  return others.length + [...owned.values()].reduce((sum, numbers) => sum + numbers.length, 0)
}
