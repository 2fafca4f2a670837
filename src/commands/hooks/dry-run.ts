import { parse, resolve } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { createAmocrm } from '../../crm/amocrm/amocrm.ts'
import { longLivedToken } from '../../crm/amocrm/long-lived-token.ts'
import { takeAnswer, WrongAnswer } from '../../hooks/answers.ts'
import type { AskCrm } from '../../hooks/crm-questions.ts'
import { HookFailed } from '../../hooks/errors.ts'
import { startHookLane } from '../../hooks/hook-lane.ts'
import { type HookPoint, hookPoints, isHookPoint, laneOf } from '../../hooks/points.ts'
import { whyNotTrusted } from '../../hooks/trusted.ts'
import { createPace } from '../../outbox/pace.ts'
import { createHookFacts, extensionsOf } from '../../service/hook-facts.ts'
import { createLiveConfig } from '../../service/live-config.ts'
import type { CommandIo } from '../command.ts'
import { InputError } from '../input-error.ts'
import { findPastCall, type PastCall } from './past-call.ts'
import { rehearsedValue } from './rehearsal.ts'

export interface DryRunOptions {
  readonly config: Config
  readonly configFile: string
  readonly database: string
  readonly file: string
  /** A call's id, or a recording. */
  readonly call: string
  readonly point: string | undefined
  /** The hook may read in the CRM. */
  readonly crm: boolean
  readonly owners: ReadonlySet<number>
}

/** Asks one hook about a past call and shows what went in, what came out and what differs. Nothing is written anywhere. 1 when the hook failed. */
export async function dryRun(options: DryRunOptions, io: CommandIo): Promise<number> {
  const { config, owners } = options
  const file = resolve(options.file)
  const point = pointOf(options)
  const unsafe = await whyNotTrusted(file, owners)
  using past = await findPastCall({ ...options, named: options.call }, io)
  const value = await rehearsedValue(point, past, config)
  const input = { point, value, ...(await told(point, past, config)) }
  const { hooks } = config
  const lane = await startHookLane({
    files: new Map([[point, file]]),
    memoryMegabytes: hooks.memoryMegabytes,
    limits: () => hooks,
    ask: askReading(options, io),
    says: (_point, text) => io.stderr.write(`the hook says: ${text}\n`),
    trouble: (why) => io.stderr.write(`${why}\n`),
  })
  io.stdout.write(`${JSON.stringify(input, null, 2)}\n`)
  try {
    const broken = lane.broken().get(point)
    if (broken !== undefined) throw new HookFailed(broken)
    const begun = performance.now()
    const seconds = point === 'routing' ? hooks.routingSeconds : hooks.seconds
    const answer = await lane.run(point, input, { ms: seconds * 1000, hard: laneOf(point) === 'live' })
    const ms = Math.round(performance.now() - begun)
    const taken = takeAnswer(point, value, answer === '' ? undefined : JSON.parse(answer))
    io.stdout.write(`\nit returned: ${answer || 'nothing'}\n`)
    for (const line of differences(value, taken)) io.stdout.write(`${line}\n`)
    io.stdout.write(`it took ${ms} ms of ${seconds * 1000}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof HookFailed || error instanceof WrongAnswer)) throw error
    io.stdout.write(`\nthe hook FAILED, the value would go on as it is: ${error.message}\n`)
    return 1
  } finally {
    await lane.end()
    if (unsafe !== undefined) io.stderr.write(`the service would not run it: ${unsafe}\n`)
  }
}

function pointOf({ file, point = parse(file).name }: DryRunOptions): HookPoint {
  if (isHookPoint(point)) return point
  throw new InputError(`"${point}" is no point of hooks; name one with --point: ${hookPoints.join(', ')}`)
}

async function told(point: HookPoint, { call, client, memory }: PastCall, config: Config): Promise<object> {
  const facts = createHookFacts({
    live: createLiveConfig(config),
    store: { ...memory, journal: { find: async () => undefined } },
    tracker: { find: () => undefined },
  })
  const about = { phone: call.client, line: call.line, extensions: extensionsOf(call), client }
  const common = await facts.tell(about)
  if (point === 'routing') {
    const question = { number: call.client, displayName: '', at: call.startedAt, why: 'dry-run', skipped: [] }
    return { stage: 'arrival', question, ...common }
  }
  if (point === 'originate') {
    const click = { extension: call.startedBy ?? call.responsible, number: call.client }
    return { stage: 'click', click, ...common }
  }
  return { stage: point === 'card' ? 'ring' : 'end', call, ...common }
}

function askReading({ config, crm }: DryRunOptions, io: CommandIo): AskCrm {
  if (!crm) return () => Promise.reject(new Error('a dry run asks no CRM; --crm lets it read there'))
  const { url, token, requestsPerSecond, inFlight } = config.crm
  if (!token) throw new InputError('--crm needs crm.token: the tokens of OAuth are in the hands of the service alone')
  const amocrm = createAmocrm({
    tokens: longLivedToken({ account: url, token: token.reveal() }),
    source: config.rules.noteSource,
    country: config.numbers.country,
    pace: createPace({ requestsPerSecond, inFlight }),
    now: Date.now,
    log: { warn: (_fields: object, message: string) => void io.stderr.write(`${message}\n`) },
  })
  return (method, path, body, signal) => {
    io.stderr.write(`the hook asks: ${method} ${path}\n`)
    if (method !== 'GET') return Promise.reject(new Error('a dry run changes nothing in the CRM'))
    return amocrm.ask(method, path, body, signal)
  }
}

function differences(before: unknown, after: unknown): readonly string[] {
  if (after === undefined) return ['it changes nothing']
  if (typeof after !== 'object' || after === null || typeof before !== 'object' || before === null)
    return [`  ${JSON.stringify(before)} → ${JSON.stringify(after)}`]
  const old: Readonly<Record<string, unknown>> = { ...before }
  return Object.entries(after)
    .filter(([name, value]) => JSON.stringify(old[name]) !== JSON.stringify(value))
    .map(([name, value]) => `  ${name}: ${JSON.stringify(old[name]) ?? 'nothing'} → ${JSON.stringify(value)}`)
}
