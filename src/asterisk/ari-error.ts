/** A command Asterisk refused, or that did not get through. */
export class AriError extends Error {
  override name = 'AriError'
  /** HTTP status; undefined when no answer came (refused connection, time-out, link not up). */
  readonly status: number | undefined

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }

  /**
   * The channel is not there for us: hung up (404), or out of Stasis because the deadline passed (409).
   * Normal ends of a question, and no proof of what the call did (reference ari.md 5.1).
   */
  get gone(): boolean {
    return this.status === 404 || this.status === 409
  }

  /** Wrong user, password, rights or network list: nothing but an administrator helps. */
  get refused(): boolean {
    return this.status === 401 || this.status === 403
  }

  /** Asterisk is up and its modules are not (reference ari.md 2.1). */
  get loading(): boolean {
    return this.status === 404 || this.status === 503
  }
}
