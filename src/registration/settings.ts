import type { EntityKind } from '../crm/port.ts'
import type { RuleBook } from './rules/kind-rule.ts'

/** Everything `registration/` needs to know of the configuration, as plain data and pure questions. */
export interface RegistrationSettings {
  /** The service's mode. The strictest of service, line and people decides; only `on` writes to the CRM. */
  readonly mode: Mode
  /** By DID or trunk; a line that is not listed is `on`. */
  readonly lineModes: ReadonlyMap<string, Mode>
  /** By extension; a person who is not listed is `on`. */
  readonly personModes: ReadonlyMap<string, Mode>
  /** CRM user by extension. */
  readonly users: ReadonlyMap<string, number>
  /** Names by extension. */
  readonly names: ReadonlyMap<string, string>
  /** CRM user for calls that belong to nobody. */
  readonly defaultUser: number | undefined
  /** Country of numbers written without a country code, `RU`. */
  readonly country: string
  /** IANA zone of dates in texts; undefined: the machine's own. */
  readonly timeZone: string | undefined
  /** Name of a line for people: its label, else its number. */
  readonly lineName: (line: string) => string
  /** Whether a line works at an instant. */
  readonly isOpen: (line: string, at: number) => boolean
  readonly rulesOf: (line: string) => RuleBook
  /** Which kind of entity gets the call: the first of which the client has one. */
  readonly entities: readonly EntityKind[]
  readonly notePerPerson: boolean
  /** Whose talking counts. */
  readonly seconds: 'all' | 'crm-people'
  readonly popup: boolean
  /** A client dialled an extension in a menu and reached nobody. */
  readonly missedInMenu: 'nothing' | 'task'
  /** Contact that gets the calls of withheld numbers. */
  readonly hiddenNumberContact: number | undefined
  readonly ignore: IgnoreSettings
  /** When not empty, only calls of these people are registered. */
  readonly onlyExtensions: ReadonlySet<string>
  /** Result of a task that completes itself; a template. */
  readonly taskResult: string
  /** Epoch milliseconds of the first configured start: nothing that began before registers itself. */
  readonly firstStartAt: number
  /** A call that ended longer ago is registered quietly: note and contact only, no task, no automations. */
  readonly quietAfterSeconds: number
}

export interface IgnoreSettings {
  /** Phone keys. */
  readonly numbers: ReadonlySet<string>
  /** Over the number as it is stored. */
  readonly patterns: readonly RegExp[]
  readonly extensions: ReadonlySet<string>
  readonly lines: ReadonlySet<string>
  /** Phone keys in files, as they stand now. */
  readonly listed: (phoneKey: string) => boolean
}

export type Mode = 'off' | 'watch' | 'on'
