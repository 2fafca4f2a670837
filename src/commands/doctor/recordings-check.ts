import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { candidatePaths } from '../../recordings/candidate-paths.ts'
import { createConverter } from '../../recordings/converter.ts'
import { RecordingError } from '../../recordings/errors.ts'
import { mapped } from '../../recordings/file-source.ts'
import { CONVERTER_CURE, findTool } from '../../recordings/find-tool.ts'
import type { Seen } from '../../recordings/source.ts'
import { readWavState } from '../../recordings/wav-header.ts'
import { cdrRecordings } from '../../service/cdr-recordings.ts'
import { recordingSource, recordingsSettings } from '../../service/recordings-side.ts'
import { type Check, type Finding, failure, ok, warning } from './finding.ts'

const SUBJECT = 'recordings'

/** Could a manager hear a call: is there a link, something that makes MP3, and does one real recording become one? */
export function recordingsCheck(config: Config, now: () => number): Check {
  return async (signal) => {
    const { recordings } = config
    const link = recordings.source === 'link' ? recordings.link : recordings.publicUrl
    // Who gives no links needs neither files nor converter.
    if (link === undefined)
      return [
        warning(
          SUBJECT,
          'notes get no links',
          'set recordings.publicUrl to the https address browsers reach this service by',
        ),
      ]
    const linked = [ok(SUBJECT, `links in notes begin with ${new URL(link).origin}`)]
    if (recordings.source === 'link') return linked
    const tool = await findTool(recordings.converter)
    const converter = tool
      ? ok(SUBJECT, `${tool.kind} makes MP3`)
      : failure(SUBJECT, `nothing here makes MP3, and amoCRM plays nothing else`, CONVERTER_CURE)
    if (recordings.source === 'query') return [...linked, converter]
    return [...linked, converter, await realFile(config, now, signal).catch(trouble)]
  }
}

/** Finds, fetches and converts one recording, as for a listener. */
async function realFile(config: Config, now: () => number, signal: AbortSignal): Promise<Finding> {
  const { recordings } = config
  const settings = recordingsSettings(config)
  const source = recordingSource(config)
  const names = await namesToTry(config)
  let seen: Seen | undefined
  for (const name of names) {
    const call = { startedAt: now(), endedAt: now() }
    seen ??= await source.look(candidatePaths(name, call, settings), signal)
  }
  if (!seen) return noFile(recordings, names)
  const directory = await mkdtemp(join(tmpdir(), 'callweave-doctor-'))
  try {
    const path = await source.bring(seen, directory, signal)
    const unclosed = (await readWavState(path)) === 'open'
    const target = join(directory, 'mp3')
    if (posix.extname(path).toLowerCase() === '.mp3')
      return ok(SUBJECT, `${seen.path} is an MP3 of ${kilobytes(seen.bytes)}`)
    const began = now()
    await createConverter(settings, now).convert([{ path, unclosed }], target, signal)
    const made = (await stat(target)).size
    return ok(
      SUBJECT,
      `${seen.path} (${kilobytes(seen.bytes)}) became an MP3 of ${kilobytes(made)} in ${((now() - began) / 1000).toFixed(1)} s`,
    )
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The newest names in the CDR; where nobody keeps them and the files are here, the newest files. */
async function namesToTry(config: Config): Promise<readonly string[]> {
  await using cdr = cdrRecordings(config.database)
  const named = await cdr.newest().catch(() => [])
  if (named.length > 0 || config.recordings.source !== 'files') return named
  const { directory, mounts } = config.recordings
  const here = mapped(directory, mounts)
  const newest = await newestBelow(here, 4)
  return newest === undefined ? [] : [posix.join(directory, posix.relative(here, newest))]
}

/** Folders of days sort by their names. @throws NodeJS.ErrnoException @param depth of folders to go down. */
async function newestBelow(directory: string, depth: number): Promise<string | undefined> {
  const entries = (await readdir(directory, { withFileTypes: true })).toSorted((a, b) => b.name.localeCompare(a.name))
  const file = entries.find((entry) => entry.isFile() && /\.(wav|mp3|gsm|ogg|ulaw|alaw|sln\d*)$/i.test(entry.name))
  if (file) return join(directory, file.name)
  if (depth === 0) return undefined
  for (const folder of entries.filter((entry) => entry.isDirectory())) {
    const found = await newestBelow(join(directory, folder.name), depth - 1)
    if (found !== undefined) return found
  }
  return undefined
}

function noFile({ source, directory, path }: Config['recordings'], names: readonly string[]): Finding {
  const [name] = names
  if (name === undefined)
    return warning(
      SUBJECT,
      `no recording was found below ${directory}`,
      'record a call, then look again; if there are recordings, set recordings.directory',
    )
  const cure =
    source === 'files'
      ? 'set recordings.directory, recordings.path and, beside the PBX, recordings.mounts'
      : `set recordings.directory and recordings.path to where the PBX keeps them`
  return failure(SUBJECT, `the newest recording, ${name}, is not where ${path} says (${directory})`, cure)
}

function trouble(error: unknown): Finding {
  const says = error instanceof Error ? error.message : String(error)
  if (error instanceof RecordingError) {
    const [what = says, ...cure] = says.split(/: (?=[^:]*$)/)
    return failure(SUBJECT, what, cure.join(': ') || 'check the section "recordings"')
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES')
    return failure(
      SUBJECT,
      says,
      "let the service's user read recordings, for example by adding it to the group asterisk",
    )
  if (code === 'ENOENT')
    return failure(SUBJECT, says, 'set recordings.directory and, beside the PBX, recordings.mounts')
  return failure(SUBJECT, says, 'check the section "recordings"')
}

function kilobytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1024))} KB`
}
