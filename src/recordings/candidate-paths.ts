import { posix } from 'node:path'
import type { RecordedCall } from './recorded-call.ts'
import { type Day, dayOf, filled } from './template.ts'

export interface PathSettings {
  /** Where the PBX keeps recordings, as the PBX names it. */
  readonly directory: string
  readonly otherDirectories: readonly string[]
  /** `{directory}/{year}/{month}/{day}/{file}` */
  readonly path: string
  /** IANA; undefined: this machine's. */
  readonly timeZone: string | undefined
}

/** What scripts after a recording make of it (FreePBX's "post recording" command). */
const OTHER_FORMATS = ['.mp3', '.wav', '.WAV']

/**
 * Where a recording may lie, as the PBX names it, likeliest first. All lie below the configured directories; a name that leads elsewhere gives none.
 * MIXMONITOR_FILENAME is a whole path on FreePBX, CDR(recordingfile) a bare name (reference ari.md 6.3 and 7.1); a plain dialplan may name a path relative to the monitor directory.
 */
export function candidatePaths(
  name: string,
  call: Pick<RecordedCall, 'startedAt' | 'endedAt'>,
  settings: PathSettings,
): readonly string[] {
  const paths = posix.isAbsolute(name) ? [name] : relativePaths(name, call, settings)
  const places = [settings.directory, ...settings.otherDirectories]
  const allowed = paths
    .map((path) => posix.normalize(path))
    .filter((path) => places.some((place) => isBelow(place, path)))
  return [...new Set(allowed.flatMap((path) => [path, ...inOtherFormats(path)]))]
}

/** Whether a path lies below a directory, by its text; links are looked at where the file is opened. */
export function isBelow(directory: string, path: string): boolean {
  const steps = posix.relative(directory, path)
  return steps !== '' && steps !== '..' && !steps.startsWith('../') && !posix.isAbsolute(steps) && !path.includes('\0')
}

function relativePaths(
  name: string,
  { startedAt, endedAt }: Pick<RecordedCall, 'startedAt' | 'endedAt'>,
  { directory, otherDirectories, path, timeZone }: PathSettings,
): readonly string[] {
  const days = [dayInName(name), dayOf(startedAt, timeZone), dayOf(endedAt ?? startedAt, timeZone)]
  const dated = days.flatMap((day) => (day ? [filled(path, { directory, file: name, ...day })] : []))
  return [...dated, ...[directory, ...otherDirectories].map((place) => posix.join(place, name))]
}

/** FreePBX writes the PBX's own day into the name, `in-7001-79221532327-20261120-235959-…`: surer than any reckoning, around midnight too. */
function dayInName(name: string): Day | undefined {
  const [, year, month, day] = /-(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])-\d{6}(?=[-.])/.exec(name) ?? []
  return year && month && day ? { year, month, day } : undefined
}

function inOtherFormats(path: string): readonly string[] {
  const { dir, name } = posix.parse(path)
  return OTHER_FORMATS.map((extension) => posix.join(dir, name + extension)).filter((other) => other !== path)
}
