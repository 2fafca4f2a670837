/** Why a recording cannot be played at this moment; the class tells the listener's status, the message tells the administrator what to do. */
export abstract class RecordingError extends Error {
  abstract readonly status: 404 | 410 | 503
  /** Stable, for machines. */
  abstract readonly code: string
  /** For whoever wants to listen: no paths, no names of machines. */
  abstract readonly sentence: string
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number | undefined = undefined
}

/** The call still lives, or its recording is still being written or may still come. */
export class RecordingNotYet extends RecordingError {
  override name = 'RecordingNotYet'
  override readonly status = 404
  override readonly code = 'not-yet'
  override readonly sentence = 'The recording is not finished yet; try again in a moment.'
  override readonly retryAfter = 10
}

/** It was deleted, or there never was one. */
export class RecordingGone extends RecordingError {
  override name = 'RecordingGone'
  override readonly status = 410
  override readonly code = 'gone'
  override readonly sentence = 'There is no recording of this call any more.'
}

/** Where recordings lie cannot be reached or read; the message says why and what to do. */
export class SourceUnavailable extends RecordingError {
  override name = 'SourceUnavailable'
  override readonly status = 503
  override readonly code = 'source-unavailable'
  override readonly sentence = 'The recordings of the PBX cannot be reached at the moment.'
  override readonly retryAfter = 60
}

/** Nothing on this machine makes an MP3 of this recording; the message has the cure. */
export class NoConverter extends RecordingError {
  override name = 'NoConverter'
  override readonly status = 503
  override readonly code = 'no-converter'
  override readonly sentence =
    'This recording cannot be made an MP3 here; "callweave doctor" tells the administrator what to install.'
}

/** The converter failed or took too long; the message has its words. */
export class ConversionFailed extends RecordingError {
  override name = 'ConversionFailed'
  override readonly status = 503
  override readonly code = 'conversion-failed'
  override readonly sentence = 'The recording could not be made an MP3.'
  override readonly retryAfter = 60
}

/** No room for an MP3; recordings themselves are not touched. */
export class NoRoom extends RecordingError {
  override name = 'NoRoom'
  override readonly status = 503
  override readonly code = 'no-room'
  override readonly sentence = 'There is no room for the MP3 at the moment.'
  override readonly retryAfter = 300
}

/** More wait for a conversion than can be served in reasonable time. */
export class TooBusy extends RecordingError {
  override name = 'TooBusy'
  override readonly status = 503
  override readonly code = 'too-busy'
  override readonly sentence = 'Too many recordings are asked for at once; try again in a moment.'
  override readonly retryAfter = 15
}
