import type { CallEvent } from '../calls/call-event.ts'

/** Notices that Asterisk was started anew between two links: nobody tells of the channels that went with the former process. */
export interface RestartWatch {
  /**
   * What the interpreter must hear before the first snapshot of this link.
   * @param startedAt when this Asterisk was started, as it tells it
   */
  beforeSnapshot(startedAt: string): readonly CallEvent[]
  /** A link to this Asterisk ended. @param aliveAt epoch milliseconds of Asterisk's clock: its last sign of life */
  lived(startedAt: string, aliveAt: number): void
}

export function createRestartWatch(): RestartWatch {
  /** The Asterisk whose channels the interpreter knows. */
  let known: string | undefined
  let lastAliveAt = 0
  return {
    beforeSnapshot(startedAt) {
      const restarted = known !== undefined && known !== startedAt
      known = startedAt
      return restarted ? [{ kind: 'pbx-restarted', at: lastAliveAt }] : []
    },
    lived(startedAt, aliveAt) {
      if (known === startedAt) lastAliveAt = aliveAt
    },
  }
}
