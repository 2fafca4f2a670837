import type { Config } from '../../config/schema.ts'
import { type HookLane, startHookLane } from '../../hooks/hook-lane.ts'
import { hookPoints } from '../../hooks/points.ts'
import { surveyHooks } from '../../hooks/survey.ts'
import type { CommandIo } from '../command.ts'

export interface ListOptions {
  readonly directory: string
  readonly owners: ReadonlySet<number>
  readonly config: Config
}

/** Every point, its file, and what is wrong with it; the files are loaded as the service would. */
export async function listHooks({ directory, owners, config }: ListOptions, io: CommandIo): Promise<number> {
  const { files, problems, stamp } = await surveyHooks(directory, owners)
  if (stamp === '') io.stdout.write(`${directory} is not there; make it with: callweave hooks init\n`)
  if (!config.hooks.enabled) io.stdout.write('hooks.enabled is false: the service runs none of them\n')
  await using lane = await load(files, config, io)
  const broken = lane?.broken() ?? new Map<string, string>()
  for (const point of hookPoints) {
    const why = broken.get(point) ?? problems.find((problem) => problem.point === point)?.why
    const file = files.get(point)
    const state = why !== undefined ? `NOT RUN: ${why}` : (file ?? '–')
    io.stdout.write(`${point.padEnd(20)} ${state}\n`)
  }
  for (const { point, why } of problems) if (point === undefined) io.stdout.write(`${why}\n`)
  return problems.length > 0 || broken.size > 0 ? 1 : 0
}

async function load(
  files: HookFiles,
  { hooks }: Config,
  io: CommandIo,
): Promise<(HookLane & AsyncDisposable) | undefined> {
  if (files.size === 0) return undefined
  const lane = await startHookLane({
    files,
    memoryMegabytes: hooks.memoryMegabytes,
    limits: () => hooks,
    ask: () => Promise.reject(new Error('nothing is asked while hooks are listed')),
    says: (_point, text) => io.stderr.write(`${text}\n`),
    trouble: (why) => io.stderr.write(`${why}\n`),
  })
  return { ...lane, [Symbol.asyncDispose]: lane.end }
}

type HookFiles = Awaited<ReturnType<typeof surveyHooks>>['files']
