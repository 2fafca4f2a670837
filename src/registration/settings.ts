/** Everything `registration/` needs to know of the configuration, as plain data. */
export interface RegistrationSettings {
  /** The service's mode. The strictest of service, line and people decides; only `on` writes to the CRM. */
  readonly mode: Mode
  /** By DID or trunk; a line that is not listed is `on`. */
  readonly lineModes: ReadonlyMap<string, Mode>
  /** By extension; a person who is not listed is `on`. */
  readonly personModes: ReadonlyMap<string, Mode>
  /** CRM user by extension. */
  readonly users: ReadonlyMap<string, number>
  /** CRM user for calls that belong to nobody. */
  readonly defaultUser: number | undefined
  /** Country of numbers written without a country code, `RU`. */
  readonly country: string
  /** What becomes of an unknown number that calls, and of one that is called. */
  readonly unknownCaller: 'contact' | 'unsorted' | 'nothing'
  readonly unknownCalled: 'contact' | 'nothing'
  /** By DID; a line that is not listed is known by its number and uses the account's main pipeline. */
  readonly lines: ReadonlyMap<string, LineSettings>
  /** Name of a contact (or incoming lead) created for an unknown number; `{phone}` is the number. */
  readonly contactName: string
  readonly missedTask: MissedTaskSettings
  /** Epoch milliseconds of the first configured start: nothing that began before registers itself. */
  readonly firstStartAt: number
  /** A call that ended longer ago is registered quietly: note and contact only, no task, no automations. */
  readonly quietAfterSeconds: number
}

export interface LineSettings {
  /** For people; empty: the number. */
  readonly label: string
  /** Where its incoming leads go; undefined: the account's main pipeline. */
  readonly pipeline: number | undefined
}

export type Mode = 'off' | 'watch' | 'on'

export interface MissedTaskSettings {
  readonly enabled: boolean
  /** `{phone}` is the client's number. */
  readonly text: string
  /** Deadline, hours after the call's end. */
  readonly hours: number
}
