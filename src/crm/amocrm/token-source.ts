/** What a request goes with: where the account is, and the token it takes. */
export interface Grant {
  /** Address of the account without a path. */
  readonly origin: URL
  readonly token: string
}

/** Where tokens come from. Two kinds: a long-lived one from the configuration, or the rotating pair of OAuth. */
export interface TokenSource {
  /**
   * What the next request goes with; refreshes ahead of expiry.
   * @throws CrmError with `written: 'no'`: CrmUnauthorised when a person is needed
   */
  grant(signal: AbortSignal): Promise<Grant>
  /** The CRM refused this one (401). True: there is another now, the request is worth one more try. */
  refused(grant: Grant, signal: AbortSignal): Promise<boolean>
  /** The CRM took it. */
  accepted(grant: Grant): void
  status(): TokenStatus
  /** Called whenever there is a new token after an old one was refused. */
  onRenewed(listener: () => void): void
  /** Looks whether a person has done something about it: a new token or code in the configuration. Never throws. */
  lookAgain(signal: AbortSignal): Promise<void>
}

export interface TokenStatus {
  readonly kind: 'long-lived' | 'oauth'
  /** The account's host; differs from the configured one after a renaming. */
  readonly host: string
  /** Nothing works until somebody does this; undefined: all is well. */
  readonly needsPerson: string | undefined
  /** Epoch milliseconds; undefined: not known. */
  readonly expiresAt: number | undefined
}

/** Those who want to hear of a new token. One that fails is its own affair. */
export function createListeners() {
  const listeners: (() => void)[] = []
  return {
    add: (listener: () => void) => void listeners.push(listener),
    tell: () => {
      for (const listener of listeners) listener()
    },
  }
}
