/** What went wrong with the service's own state. */
export type StoreErrorCode =
  | 'disk-full'
  | 'read-only'
  | 'io'
  | 'corrupt'
  | 'not-openable'
  | 'in-use'
  | 'newer'
  | 'foreign'
  | 'busy'
  | 'bad-input'
  | 'writer-died'
  | 'closed'

/** What a person can do about it. */
const cures: Readonly<Record<StoreErrorCode, string>> = {
  'disk-full': 'Free some space; writing goes on by itself.',
  'read-only':
    'Make the file and its folder writable for the user Callweave runs as, and the disk mounted for writing.',
  io: 'The disk reports an error: look at the system log; move the file to a healthy disk.',
  corrupt:
    'The file is damaged: stop Callweave, keep a copy, restore a backup or start with an empty file (calls are then rebuilt from CEL).',
  'not-openable': 'Check that the folder exists or can be made, and that the user Callweave runs as owns it.',
  'in-use': 'Stop the other process first: one file serves one Callweave.',
  newer: 'Run the version of Callweave that wrote it, or a later one.',
  foreign: 'Name another file: this one belongs to another program.',
  busy: 'Another program holds the file (a backup, the sqlite3 shell): let it end.',
  'bad-input': 'This is an error in Callweave: please report it.',
  'writer-died': 'Restart Callweave; nothing that was acknowledged is lost.',
  closed: 'The service is stopping.',
}

/** Every failure of the store. `code` never changes; the message says what happened and what to do. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly code: StoreErrorCode
  /** A sentence for the administrator. */
  readonly cure: string

  constructor(code: StoreErrorCode, what: string, options?: ErrorOptions) {
    super(`${what}. ${cures[code]}`, options)
    this.code = code
    this.cure = cures[code]
  }

  /** The same write can succeed later without anybody restarting the service. */
  get worthRetrying(): boolean {
    return this.code === 'disk-full' || this.code === 'io' || this.code === 'busy' || this.code === 'read-only'
  }
}
