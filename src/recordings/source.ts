/** A recording as it was seen where it lies. */
export interface Seen {
  /** As the source names it: for files the real path on this machine. */
  readonly path: string
  readonly bytes: number
  /** Epoch milliseconds; undefined where the source does not tell. */
  readonly changedAt: number | undefined
}

/** Where recordings lie. Paths in are the PBX's own, below the configured directories. */
export interface RecordingSource {
  /**
   * The first of the paths where there is a file; undefined when there is none.
   * @throws SourceUnavailable when that cannot be told.
   */
  look(paths: readonly string[], signal: AbortSignal): Promise<Seen | undefined>
  /**
   * A file on this machine with what was seen: the file itself, or a copy in `directory`, which the caller removes.
   * @throws SourceUnavailable, NoRoom
   */
  bring(seen: Seen, directory: string, signal: AbortSignal): Promise<string>
  /** Looking costs nothing worth saving: the source is asked each time somebody listens. */
  readonly near: boolean
}
