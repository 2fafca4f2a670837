import { setTimeout as sleep } from 'node:timers/promises'
import type Router from 'koa-router'
import type { Logger } from 'pino'
import type { Call } from '../calls/call.ts'
import type { StaffDirectory } from '../calls/staff.ts'
import type { Config } from '../config/schema.ts'
import type { CrmUser } from '../crm/port.ts'
import { readJsonBody } from '../http/json-body.ts'
import { isBelievable } from '../staff/believable.ts'
import { isDismissed, type KnownUser, nextUsers, readStoredUsers } from '../staff/crm-users.ts'
import { directoryDiff } from '../staff/directory-diff.ts'
import { kept as names } from '../staff/kept.ts'
import { type Conflict, type Merged, mergeTable } from '../staff/merge-table.ts'
import { staffRouter } from '../staff/router.ts'
import { countUnlisted, readStoredUnlisted, type UnlistedExtension } from '../staff/unlisted.ts'
import { readStoredTable, type TableRow } from '../staff/widget-table.ts'
import type { Settings } from '../store/ports.ts'
import type { LiveConfig } from './live-config.ts'
import { type MobilesSide, openMobiles } from './mobiles-side.ts'
import { personTokens } from './person-tokens.ts'

export interface StaffSideDeps {
  /** As the file says it is what it holds now; with what the CRM and the widget know is put into it. */
  readonly live: LiveConfig
  readonly settings: Settings
  readonly users: (signal: AbortSignal) => Promise<readonly CrmUser[]>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: Logger
  /** Milliseconds between two looks at the file of mobiles. */
  readonly lookMs?: number | undefined
}

/** Who works here: the configuration's people, what the widget's table adds, who the CRM says was dismissed. */
export interface StaffSide extends AsyncDisposable {
  readonly router: Router
  /** Always the present one, whenever it is read. */
  readonly directory: StaffDirectory
  isDismissed(user: number): boolean
  /** The configuration's file has changed: what holds now is put into the live configuration. */
  configure(config: Config): void
  /** A call has ended. */
  ended(call: Call): void
  /** Reads the CRM's users now and then. */
  run(signal: AbortSignal): Promise<void>
  status(): StaffStatus
}

export interface StaffStatus {
  readonly people: number
  /** How many of them only the widget's table knows. */
  readonly fromWidget: number
  readonly conflicts: readonly Conflict[]
  readonly users: {
    readonly known: number
    readonly dismissed: readonly { readonly user: number; readonly name: string }[]
    readonly readAt: number | undefined
    /** Why the last reading failed; what was known before it holds. */
    readonly trouble: string | undefined
  }
  readonly mobiles: ReturnType<MobilesSide['status']>
  /** Extensions that talked with clients and belong to nobody. */
  readonly unlisted: readonly UnlistedExtension[]
}

type Person = Config['staff']['people'][number]

/** @throws StoreError */
export async function createStaffSide(deps: StaffSideDeps): Promise<StaffSide> {
  const { live, settings, users: readUsers, now, log, lookMs } = deps
  let configured = live.current()
  let table = readStoredTable(await settings.get(names.table))
  let users: readonly KnownUser[] = readStoredUsers(await settings.get(names.users))
  let unlisted = readStoredUnlisted(await settings.get(names.unlisted))
  let dismissed = dismissedAmong(users)
  let readAt: number | undefined
  let trouble: string | undefined
  /** Lists in a row that lost too many to be believed. */
  let doubted = 0
  let merged: Merged<Person> = mergeTable(configured.staff.people, table, employed)
  const writing = new Set<Promise<void>>()

  /** What is kept is a convenience at the next start: a disk that refuses it stops nothing. */
  const keep = (name: string, value: unknown): void => {
    const kept = settings.set(name, JSON.stringify(value)).catch((error: unknown) => {
      log.warn({ name, err: error }, 'what is known of the staff could not be kept')
    })
    writing.add(kept)
    void kept.finally(() => writing.delete(kept))
  }

  const rebuild = (): void => {
    const before = merged.people
    merged = mergeTable(configured.staff.people, table, employed)
    const diff = directoryDiff(before, merged.people)
    if (diff) log.info(diff, 'the directory of the staff has changed')
    live.replace({ ...configured, staff: { ...configured.staff, people: [...merged.people] } })
  }

  const mobiles = openMobiles({ file: configured.staff.mobilesFile, changed: rebuild, log, lookMs })

  const learnUsers = (read: readonly CrmUser[]): void => {
    if (read.length === 0) throw new Error('the CRM told of no users at all')
    doubted += 1
    if (!isBelievable(users, read, doubted))
      throw new Error(`the CRM shows far fewer users than before: ${read.length}`)
    doubted = 0
    users = nextUsers(users, read)
    const gone = dismissedAmong(users)
    const newly = [...gone].filter((user) => !dismissed.has(user))
    const back = [...dismissed].filter((user) => !gone.has(user))
    dismissed = gone
    keep(names.users, users)
    if (newly.length + back.length === 0) return
    log.info({ dismissed: newly, back }, 'users of the CRM were dismissed or came back')
    rebuild()
  }

  const lookAtUsers = async (signal: AbortSignal): Promise<void> => {
    try {
      learnUsers(await readUsers(signal))
      readAt = now()
      trouble = undefined
    } catch (error) {
      if (signal.aborted) return
      const why = String(error)
      if (why !== trouble) log.warn({ error: why }, 'the users of the CRM could not be read; what was known holds')
      trouble = why
    }
  }

  const tokens = live.derive((config) => personTokens(config, ['off', 'watch', 'on']))
  const isListed = (extension: string) => merged.people.some((person) => person.extension === extension)
  rebuild()

  return {
    router: staffRouter({
      authenticate: (token) => {
        const extension = tokens()(token)
        const person = configured.staff.people.find((one) => one.extension === extension)
        return person && { extension: person.extension, admin: person.admin }
      },
      readJson: readJsonBody,
      takeOver: async (handed, from) => {
        await settings.set(names.table, JSON.stringify(handed))
        table = handed
        log.info({ rows: handed.length, from }, 'the widget has handed over its table of users and extensions')
        rebuild()
        return merged.conflicts
      },
    }),
    directory: {
      get internal() {
        const { internal } = configured.staff
        return internal === undefined ? undefined : new RegExp(internal)
      },
      get people() {
        return mobiles.addTo(merged.people)
      },
      get mobiles() {
        return mobiles.others()
      },
    },
    isDismissed: (user) => dismissed.has(user),
    configure: (config) => {
      configured = config
      mobiles.follow(config.staff.mobilesFile)
      rebuild()
    },
    ended: ({ direction, people, endedAt }) => {
      if (direction === 'internal') return
      const strangers = people.filter(
        ({ extension, talkSeconds }) => talkSeconds > 0 && extension !== '' && !isListed(extension),
      )
      if (strangers.length === 0) return
      unlisted = countUnlisted(
        unlisted,
        strangers.map(({ extension }) => extension),
        endedAt ?? now(),
      )
      keep(names.unlisted, unlisted)
    },
    run: async (signal) => {
      while (!signal.aborted) {
        await lookAtUsers(signal)
        const waitMs = live.current().staff.usersEverySeconds * 1000
        await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      }
    },
    status: () => ({
      people: merged.people.length,
      fromWidget: merged.added,
      conflicts: merged.conflicts,
      users: {
        known: users.length,
        dismissed: users.filter(isDismissed).map(({ id, name }) => ({ user: id, name })),
        readAt,
        trouble,
      },
      mobiles: mobiles.status(),
      unlisted: unlisted.filter(({ extension }) => !isListed(extension)),
    }),
    [Symbol.asyncDispose]: async () => {
      mobiles[Symbol.dispose]()
      await Promise.all(writing)
    },
  }
}

/** Somebody the configuration does not list: with the defaults of one it does. */
function employed({ user, extension }: TableRow): Person {
  return { extension, user, name: '', mobiles: [], mode: 'on', admin: false, onDuty: true }
}

function dismissedAmong(users: readonly KnownUser[]): ReadonlySet<number> {
  return new Set(users.filter(isDismissed).map(({ id }) => id))
}
