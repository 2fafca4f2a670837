import type Router from 'koa-router'
import type { Logger } from 'pino'
import { type ConverterSettings, createConverter } from './converter.ts'
import { CONVERTER_CURE } from './find-tool.ts'
import { createFinder, type FinderDeps, type FinderSettings } from './finder.ts'
import { forgivingKeys, noCache } from './forgiving.ts'
import { openKeyRing } from './key-ring.ts'
import { openMp3Cache } from './mp3-cache.ts'
import { createPlayer } from './player.ts'
import type { LinkedCall, RecordedCall } from './recorded-call.ts'
import { type LinkSettings, recordingLink } from './recording-link.ts'
import { recordingsRouter } from './router.ts'
import type { RecordingSource } from './source.ts'
import { createRecordingWatch } from './watch.ts'

export interface RecordingsSettings extends FinderSettings, ConverterSettings, LinkSettings {
  /** Where the signing keys are kept. */
  readonly stateDirectory: string
  readonly cacheDirectory: string
  readonly cacheBytes: number
  /** The CRM's own address, `https://acme.amocrm.ru`. */
  readonly origin: string
}

export interface RecordingsDeps {
  readonly settings: RecordingsSettings
  readonly source: RecordingSource
  readonly recordingFilesOf: FinderDeps['recordingFilesOf']
  readonly storage?: FinderDeps['storage']
  readonly rename?: FinderDeps['rename']
  /** A call by its id, from the journal or of those that live; undefined when nobody knows it. */
  readonly callOf: (id: string) => Promise<RecordedCall | undefined>
  readonly log: Logger
  /** Epoch milliseconds. */
  readonly now: () => number
}

export interface Recordings extends AsyncDisposable {
  readonly router: Router
  /** The address to put into a note, or undefined. Pure given keys and settings; the file need not be there yet. */
  link(call: LinkedCall): string | undefined
  /** Looks after a call that has ended; whoever listens to `onFound` hears of it. */
  watch(call: RecordedCall): void
  /** Called with each watched call whose recording can be played, and with its link. */
  onFound(react: (call: RecordedCall, link: string | undefined) => void): void
  status(): Promise<Readonly<Record<string, unknown>>>
}

/** Never fails: what cannot be used is told, and calls go on. */
export async function createRecordings(deps: RecordingsDeps): Promise<Recordings> {
  const { settings, source, recordingFilesOf, storage, rename, callOf, log, now } = deps
  const ending = new AbortController()
  const keys = forgivingKeys(
    () => openKeyRing(settings.stateDirectory, now),
    (error) =>
      log.error({ error: String(error) }, 'the keys of links to recordings cannot be used; there are no links'),
    now,
  )
  const { cacheDirectory: directory, cacheBytes: limitBytes } = settings
  const cache = await openMp3Cache({ directory, limitBytes, now }).catch((error) => {
    log.error({ error: String(error) }, 'the cache of recordings cannot be used; nothing can be made MP3')
    return noCache(`${directory} cannot be written to`)
  })
  const converter = createConverter(settings, now)
  const finder = createFinder({ settings, source, recordingFilesOf, storage, rename, now })
  const player = createPlayer({
    finder,
    source,
    converter,
    cache,
    signal: ending.signal,
    waitSeconds: settings.waitSeconds,
    now,
  })
  const counts = { served: 0, refused: 0 }
  const reactions: ((call: RecordedCall, link: string | undefined) => void)[] = []
  const watch = createRecordingWatch({
    finder,
    settings,
    onFound: (call) => {
      for (const react of reactions) react(call, recordingLink(call, settings, keys, true))
    },
    onGone: (call) => {
      if (call.recordings.length > 0)
        log.warn({ call: call.id, files: call.recordings }, 'no recording of a call was found')
    },
    failed: (error, call) => log.warn({ call: call.id, error: String(error) }, 'a recording cannot be looked for'),
    now,
    signal: ending.signal,
  })
  void converter.tool().then((tool) => {
    if (tool === undefined) log.warn({ cure: CONVERTER_CURE }, 'nothing here makes MP3; recordings cannot be played')
    else log.info({ tool }, 'recordings are made MP3')
  })

  return {
    router: recordingsRouter({ pbx: settings.pbx, keys, callOf, player, origin: settings.origin, counts, log }),
    link: (call) => recordingLink(call, settings, keys, storage !== undefined),
    watch: (call) => {
      if (call.answered && settings.storageLink === undefined) watch.watch(call)
    },
    onFound: (react) => void reactions.push(react),
    status: async () => ({
      converter: (await converter.tool()) ?? `none: ${CONVERTER_CURE}`,
      ...player.busy(),
      watched: watch.watched(),
      ...counts,
      cache: await cache.status(),
      keys: keys.list().filter(({ retiredAt }) => retiredAt === undefined).length,
    }),
    [Symbol.asyncDispose]: async () => ending.abort(new Error('the service ends')),
  }
}
