import type { OutboxReport } from '../service/control/control-desk.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'
import { withDesk } from './with-desk.ts'

const usage = `callweave outbox [--dead] [--json] [--config FILE]     how many CRM writes wait, and which were refused
       callweave outbox --retry KEY [--retry KEY …]        sends refused ones again, with what they build on
       callweave outbox --retry-all
       callweave outbox --drop KEY [--drop KEY …]          gives refused ones up, with what builds on them`

const options = {
  config: { type: 'string' },
  dead: { type: 'boolean' },
  json: { type: 'boolean' },
  retry: { type: 'string', multiple: true },
  'retry-all': { type: 'boolean' },
  drop: { type: 'string', multiple: true },
} as const

/** More fit no screen; `--json` gives all. */
const SHOWN = 50
const ALL = 10_000

/** `callweave outbox`: works on the running service and on a stopped one. Exit code 1 when a key named is no refused job. */
export async function outboxCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options }, usage, io)
  if (!parsed) return 2
  const { config, dead, json, retry, 'retry-all': retryAll, drop } = parsed.values
  if ([retry, retryAll, drop].filter((chosen) => chosen !== undefined).length > 1) {
    io.stderr.write(`callweave: one of --retry, --retry-all and --drop\nusage: ${usage}\n`)
    return 2
  }
  return withDesk(configFile(config), io, async (desk) => {
    if (retry || retryAll) return told(await desk.retry(retry), retry, 'waits again', io)
    if (drop) return told(await desk.drop(drop), drop, 'given up', io)
    const report = await desk.outbox(dead || json ? (json ? ALL : SHOWN) : 0)
    io.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : lines(report, dead === true))
    return 0
  })
}

function told(done: readonly string[], asked: readonly string[] | undefined, what: string, io: CommandIo): number {
  for (const key of done) io.stdout.write(`${key}: ${what}\n`)
  const unknown = (asked ?? []).filter((key) => !done.includes(key))
  for (const key of unknown) io.stderr.write(`${key}: not among the refused jobs\n`)
  if (done.length === 0 && asked === undefined) io.stdout.write('nothing was refused\n')
  return unknown.length > 0 ? 1 : 0
}

function lines({ counts, oldestOpenAt, dead }: OutboxReport, showDead: boolean): string {
  const numbers = Object.entries(counts).map(([state, jobs]) => `${state} ${jobs}`)
  const oldest = oldestOpenAt === undefined ? [] : [`oldest since ${new Date(oldestOpenAt).toISOString()}`]
  const head = `${[...numbers, ...oldest].join(', ')}\n`
  if (!showDead) return head
  // The reason is the CRM's own text: one line each, whatever stands in it.
  const shown = dead.map(({ key, kind, reason }) => `${key}  ${kind}  ${reason.replaceAll(/\p{C}+/gu, ' ')}\n`)
  const more = (counts['dead'] ?? 0) - dead.length
  return [head, ...shown, ...(more > 0 ? [`… and ${more} more: --json\n`] : [])].join('')
}
