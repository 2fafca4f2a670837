import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ariFault } from '../asterisk/ari-fault.ts'
import { decodeAri } from '../asterisk/decode-ari.ts'
import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { createCallTracker } from '../calls/call-tracker.ts'
import type { LeftOut } from '../reconciliation/cel-row.ts'
import { decodeCel } from '../reconciliation/decode-cel.ts'
import { type CommandIo, heedHelp } from './command.ts'
import { InputError } from './input-error.ts'
import { type InterpretConfig, readInterpretConfig } from './interpret-config.ts'
import { type RecordingSource, readRecording } from './read-recording.ts'
import { recordingText } from './recording-text.ts'

const USAGE = `usage: callweave interpret [--source ari|cel] [--config FILE] FILE

Tells the calls of a recording, one JSON object a line. Not told: scanners, and calls that went through
callweave-skip or were turned away by the PBX's blacklist, since they are neither shown nor registered.
  FILE      raw ARI websocket messages, one a line; or CEL table rows: a JSON array, phpMyAdmin's JSON export,
            or what mysql --batch prints. May be compressed with gzip. - reads standard input
  --source  what FILE is; guessed from its content when left out
  --config  a configuration with "staff"; without one, endpoints of two to five digits are extensions
`
/** Longer than a call needs to settle. */
const AFTER_THE_END_MS = 10_000

/** `callweave interpret`: how support reproduces a customer's call. 0 told, 1 the input cannot be used, 2 wrong usage. */
export async function interpretCommand(
  args: readonly string[],
  io: Pick<CommandIo, 'stdout' | 'stderr'>,
): Promise<number> {
  heedHelp(args, USAGE)
  const options = readOptions(args)
  if (typeof options === 'string') {
    io.stderr.write(`callweave interpret: ${options}\n\n${USAGE}`)
    return 2
  }
  try {
    const config = readInterpretConfig(options.config)
    for (const note of config.notes) io.stderr.write(`callweave interpret: ${note}\n`)
    const told = tellFile(
      options,
      config,
      createWarnings((line) => io.stderr.write(`${options.file}: ${line}\n`)),
    )
    for (const call of told) io.stdout.write(`${JSON.stringify(printed(call))}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    io.stderr.write(`callweave interpret: ${error.message}\n`)
    return 1
  }
}

/** What is left out is named one by one up to here, then counted. */
const NAMED_WARNINGS = 20

interface Warnings {
  /** One value is left out. */
  add(line: string): void
  say(line: string): void
  /** Says how many there were, when not all of them were named. */
  close(): void
}

function createWarnings(write: (line: string) => void): Warnings {
  let count = 0
  return {
    add(line) {
      count += 1
      if (count <= NAMED_WARNINGS) write(line)
    },
    say: write,
    close: () => void (count > NAMED_WARNINGS && write(`${count} left out in all`)),
  }
}

/** The calls of a recording, as `interpret` tells them. @throws InputError */
export function callsInFile(file: string, config: InterpretConfig, warn: (line: string) => void): readonly Call[] {
  return tellFile({ file, source: undefined, config: undefined }, config, createWarnings(warn))
}

function tellFile({ file, source }: Options, config: InterpretConfig, warnings: Warnings): readonly Call[] {
  const recording = named(file, () => readRecording(recordingText(readFile(file)), source, warnings.add))
  const { values, place } = recording
  const leftOut = (index: number, reason: string) => warnings.add(`${place(index)}: ${reason}, left out`)
  const events =
    recording.source === 'cel' ? decodeCel(values, { timeZone: config.timeZone, leftOut }) : decodeLive(values, leftOut)
  warnings.close()
  if (events.length === 0) warnings.say(nothingIn(recording.source))
  return tellCalls(events, config, recording.source === 'cel' ? 'cel' : 'live')
}

function nothingIn(source: RecordingSource): string {
  const other = source === 'cel' ? 'ari' : 'cel'
  return `nothing in it is ${source === 'cel' ? 'a CEL row' : 'an ARI message about a call'}; is it --source ${other}?`
}

function decodeLive(messages: readonly unknown[], leftOut: LeftOut): readonly CallEvent[] {
  return messages.flatMap((message, index) => {
    const events = decodeAri(message)
    const fault = events.length === 0 ? ariFault(message) : undefined
    if (fault !== undefined) leftOut(index, fault)
    return events
  })
}

/** Errors in a file's content name the file. */
function named<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(file)) throw error
    throw new InputError(`${file}: ${error.message}`)
  }
}

interface Options {
  readonly file: string
  readonly source: RecordingSource | undefined
  readonly config: string | undefined
}

/** A text says what is wrong. */
function readOptions(args: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { source: { type: 'string' }, config: { type: 'string' } },
    })
    const [file, ...more] = positionals
    if (file === undefined) return 'FILE is missing'
    if (more.length > 0) return `one FILE at a time, not also ${more.join(' ')}`
    const { source, config } = values
    if (source === undefined || source === 'ari' || source === 'cel') return { file, source, config }
    return `--source is ari or cel, not "${source}"`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') throw new InputError(`${file}: no such file; check the path`)
    if (code === 'EACCES') throw new InputError(`${file}: may not be read by this user; try as its owner`)
    if (code === 'EISDIR') throw new InputError(`${file}: is a directory; name the recording inside it`)
    throw new InputError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Calls that ended and calls still up at the end of the recording, in order of creation; those that opted out are left out. */
function tellCalls(events: readonly CallEvent[], config: InterpretConfig, evidence: 'cel' | 'live'): readonly Call[] {
  const { staff, trunks, country } = config
  const tracker = createCallTracker({ staff, trunks, country, evidence })
  const ended: Call[] = []
  let last = 0
  const take = (event: CallEvent) => {
    for (const phase of tracker.take(event)) if (phase.kind === 'ended') ended.push(phase.call)
  }
  for (const event of events) {
    take(event)
    last = Math.max(last, event.at)
  }
  // As they stood at the last event: what goes on must not grow by the time the clock adds.
  const unfinished = tracker.live()
  take({ kind: 'clock', at: last + AFTER_THE_END_MS })
  const over = new Set(ended.map(({ id }) => id))
  return [...ended, ...unfinished.filter(({ id }) => !over.has(id))]
    .filter((call) => !call.skipped)
    .toSorted((a, b) => a.startedAt - b.startedAt)
}

/** The form of design section 3: exactly these fields, and what is lost where something is. */
function printed(call: Call) {
  return {
    id: call.id,
    linkedids: call.linkedids,
    direction: call.direction,
    client: call.client,
    line: call.line,
    startedAt: new Date(call.startedAt).toISOString(),
    endedAt: call.endedAt === undefined ? null : new Date(call.endedAt).toISOString(),
    answered: call.answered,
    result: call.result ?? null,
    waitSeconds: call.waitSeconds,
    talkSeconds: call.talkSeconds,
    responsible: call.responsible,
    hangupCause: call.hangupCause ?? null,
    evidence: call.evidence,
    people: call.people,
    transfers: call.transfers.map((transfer) => ({ ...transfer, at: new Date(transfer.at).toISOString() })),
    ivr: call.ivr,
    recordings: call.recordings,
    ...(call.lost && { lost: call.lost }),
  }
}
