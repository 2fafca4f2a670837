import { join } from 'node:path'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { CallTracker } from '../calls/call-tracker.ts'
import type { Config } from '../config/schema.ts'
import { fileSource } from '../recordings/file-source.ts'
import { httpsSource } from '../recordings/https-source.ts'
import type { RecordedCall } from '../recordings/recorded-call.ts'
import { createRecordings, type Recordings, type RecordingsSettings } from '../recordings/recordings.ts'
import { sftpSource } from '../recordings/sftp-source.ts'
import type { RecordingSource } from '../recordings/source.ts'
import { type StorageQuerySettings, storageQuery } from '../recordings/storage-query.ts'
import type { CallFacts } from '../registration/call-facts.ts'
import { isForgotten } from '../registration/same-call.ts'
import type { CallJournal } from '../store/ports.ts'
import { cdrRecordings } from './cdr-recordings.ts'

export interface RecordingsSideDeps {
  readonly config: Config
  readonly journal: Pick<CallJournal, 'find'>
  readonly tracker: Pick<CallTracker, 'find'>
  readonly log: Logger
  readonly now: () => number
  /** A customer's script. */
  readonly rename: (name: string, call: RecordedCall) => Promise<string>
}

/** Recordings as the configuration says. */
export async function createRecordingsSide({
  config,
  journal,
  tracker,
  log,
  now,
  rename,
}: RecordingsSideDeps): Promise<Recordings> {
  await using opened = new AsyncDisposableStack()
  const cdr = opened.use(cdrRecordings(config.database))
  const query = storageSettings(config)
  const recordings = opened.use(
    await createRecordings({
      settings: recordingsSettings(config),
      source: recordingSource(config),
      recordingFilesOf: cdr.filesOf,
      rename,
      ...(query && { storage: storageQuery(query) }),
      callOf: async (id) => {
        const entry = await journal.find(config.service.pbx, id)
        // Whoever was forgotten is no longer to be listened to, though the PBX may still have the file.
        if (entry && isForgotten(entry.call)) return undefined
        if (entry) return { ...Journalled.parse(entry.call), id: entry.id, endedAt: entry.endedAt }
        const call = tracker.find(id)
        // One that has ended and is not in the journal yet will be in a moment, perhaps by another id.
        return call?.id === id ? { ...call, endedAt: undefined } : undefined
      },
      log,
      now,
    }),
  )
  const closing = opened.move()
  return { ...recordings, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/** The link in a call's note from the start; undefined while there is none. */
export function linkOfCall(recordings: Pick<Recordings, 'link'>): (call: CallFacts) => string | undefined {
  return ({ uniq, phone, ...call }) =>
    recordings.link({ ...call, id: uniq.slice(uniq.indexOf('/') + 1), client: phone })
}

/** Where recordings are, as the configuration says. `link` and `query` may still name files. */
export function recordingSource({ recordings }: Config): RecordingSource {
  const { source, sftp, https, mounts } = recordings
  const directories = directoriesOf(recordings)
  if (source === 'sftp' && sftp) return sftpSource(sftp)
  if (source === 'https' && https) {
    const { url, user, password, ca } = https
    return httpsSource({ url, user, password: password?.reveal() ?? '', ca, directories })
  }
  return fileSource({ mounts, directories })
}

export function recordingsSettings({ service, crm, recordings }: Config): RecordingsSettings {
  const { source, link, publicUrl, directory, otherDirectories, path, timeZone } = recordings
  const { stableSeconds, waitSeconds, converter, convertSeconds, cacheMegabytes } = recordings
  return {
    ...{
      directory,
      otherDirectories,
      path,
      timeZone,
      stableSeconds,
      waitSeconds,
      converter,
      convertSeconds,
      publicUrl,
    },
    pbx: service.pbx,
    storageLink: source === 'link' ? link : undefined,
    stateDirectory: service.directory,
    cacheDirectory: recordings.cacheDirectory ?? join(service.directory, 'recordings'),
    cacheBytes: cacheMegabytes * 1024 ** 2,
    origin: new URL(crm.url).origin,
  }
}

/** What is left out stands in the section "database". */
function storageSettings({ recordings, database }: Config): StorageQuerySettings | undefined {
  const { source, query } = recordings
  if (source !== 'query' || !query) return undefined
  return {
    sql: query.sql,
    seconds: query.seconds,
    host: query.host ?? database?.host ?? '127.0.0.1',
    port: query.port ?? database?.port ?? 3306,
    user: query.user ?? database?.user ?? 'callweave',
    password: (query.password ?? database?.password)?.reveal() ?? '',
    name: query.name ?? database?.name ?? 'asteriskcdrdb',
  }
}

function directoriesOf({ directory, otherDirectories }: Config['recordings']): readonly string[] {
  return [directory, ...otherDirectories]
}

/** What of a journalled call its recordings are found by. */
const Journalled = z.object({
  linkedids: z.array(z.string()),
  startedAt: z.number(),
  answered: z.boolean(),
  client: z.string(),
  line: z.string(),
  recordings: z.array(z.string()),
})
