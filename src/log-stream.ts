import { writeSync } from 'node:fs'
import { type DestinationStream, pino } from 'pino'

/** Where the log's lines go. Losing lines never costs a call: nothing here blocks, throws or ends the process. */
export interface LogStream extends DestinationStream, AsyncDisposable {
  /** Opens the file anew, after logrotate has renamed it; nothing on standard output. */
  reopen(): void
  status(): LogStatus
}

export interface LogStatus {
  /** Lines nobody will read, since the start. */
  readonly lost: number
  /** Why lines cannot be written now. */
  readonly trouble: string | undefined
}

/** Lines of so long share a write: one a line cost as much as deciding what to do with the call. A process that is killed loses that much. */
const GATHER_MS = 20
/** What may wait while the disk is full or the reader hangs. */
const MOST_WAITING_BYTES = 1024 * 1024
const STANDARD_OUTPUT = 1
const REOPEN_MS = 10_000
const LAST_WORDS_MS = 1_000

/** @param file undefined: standard output */
export function openLogStream(file?: string): LogStream {
  const stream = pino.destination({
    ...{ dest: file ?? STANDARD_OUTPUT, sync: false, mkdir: true, mode: 0o600, maxLength: MOST_WAITING_BYTES },
  })
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  let lost = 0
  let trouble: string | undefined

  // At exit the library would try to write for ever what a full disk refuses.
  const flushSync = stream.flushSync.bind(stream)
  stream.flushSync = () => {
    if (trouble === undefined) flushSync()
  }
  stream.on('error', (error: Error) => {
    trouble = error.message
    if (file !== undefined && 'fd' in stream && stream.fd === -1) setTimeout(reopen, REOPEN_MS).unref()
  })
  stream.on('write', () => {
    trouble = undefined
  })
  stream.on('drop', (lines: string) => {
    lost += lines.split('\n').length - 1
  })

  const send = () => {
    timer = undefined
    const lines = waiting
    waiting = ''
    stream.write(lines)
  }
  const reopen = () => {
    if (file !== undefined) stream.reopen()
  }
  /** The process ends in the middle of a turn: what it said last says why. */
  const lastWords = () => {
    try {
      if (waiting !== '' && 'fd' in stream && typeof stream.fd === 'number') writeSync(stream.fd, waiting)
    } catch {
      // Nobody is left to tell.
    }
  }
  process.once('exit', lastWords)

  return {
    write(line) {
      waiting += line
      timer ??= setTimeout(send, GATHER_MS)
    },
    reopen,
    status: () => ({ lost, trouble }),
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer)
      process.removeListener('exit', lastWords)
      const closed = Promise.withResolvers<void>()
      stream.once('close', () => closed.resolve())
      stream.once('error', () => closed.resolve())
      const late = setTimeout(() => closed.resolve(), LAST_WORDS_MS)
      if (waiting !== '') send()
      stream.end()
      await closed.promise
      clearTimeout(late)
    },
  }
}
