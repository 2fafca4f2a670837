/** What monitoring may know about the link to one Asterisk. */
export interface AsteriskStatus {
  readonly state: 'connecting' | 'up' | 'down' | 'standing-by'
  /** Epoch milliseconds of our clock: when `state` began. */
  readonly since: number
  /** Why it is not up. */
  readonly reason: string | undefined
  readonly version: string | undefined
  /** When this Asterisk was started, epoch milliseconds of its own clock. */
  readonly startedAt: number | undefined
  /** Asterisk's clock minus ours. */
  readonly clockSkewMs: number
  /** Links that stood, after the first. */
  readonly reconnects: number
  readonly lastEventAt: number | undefined
  readonly eventsSeen: number
  /** Messages that could not be read and were left out whole. */
  readonly eventsDropped: number
  readonly questionsSeen: number
  /** Channels let go on after a process that is gone had held them. */
  readonly orphansContinued: number
}

/** Keeps the status while the link lives. */
export interface LinkStatus {
  read(): AsteriskStatus
  up(version: string, clockSkewMs: number, startedAt?: number): void
  /** Asterisk's clock was read again. */
  clock(clockSkewMs: number): void
  /** @returns false when it was in this state already: failures in a row are one. */
  fell(state: 'down' | 'standing-by', reason: string): boolean
  heard(): void
  dropped(): void
  asked(): void
  freed(): void
}

export function createLinkStatus(now: () => number): LinkStatus {
  const counts = { links: 0, eventsSeen: 0, eventsDropped: 0, questionsSeen: 0, orphansContinued: 0 }
  let lastEventAt: number | undefined
  let version: string | undefined
  let startedAt: number | undefined
  let clockSkewMs = 0
  let at: Pick<AsteriskStatus, 'state' | 'since' | 'reason'> = { state: 'connecting', since: now(), reason: undefined }

  return {
    read() {
      const { links, ...seen } = counts
      return { ...at, version, startedAt, clockSkewMs, reconnects: Math.max(0, links - 1), lastEventAt, ...seen }
    },
    up(newVersion, skew, started) {
      version = newVersion
      startedAt = started
      clockSkewMs = skew
      counts.links += 1
      at = { state: 'up', since: now(), reason: undefined }
    },
    clock(skew) {
      clockSkewMs = skew
    },
    fell(state, reason) {
      const news = at.state !== state
      at = { state, since: news ? now() : at.since, reason }
      return news
    },
    heard() {
      counts.eventsSeen += 1
      lastEventAt = now()
    },
    dropped() {
      counts.eventsDropped += 1
    },
    asked() {
      counts.questionsSeen += 1
    },
    freed() {
      counts.orphansContinued += 1
    },
  }
}
