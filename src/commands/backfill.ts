import { ConfigError, loadConfig } from '../config/load.ts'
import { askService, ServiceRefused, ServiceStopped } from '../service/control/control-client.ts'
import { eventsOfService, StreamBroken } from '../service/control/control-stream.ts'
import { JobList, JobPage, JobState } from './backfill/job-state.ts'
import { jobLine, progressBar, progressLine, summary, troubled } from './backfill/lines.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = `callweave backfill --from DATE [--to DATE] [OPTIONS]     calls with a record in that time
       callweave backfill --id ID [--id ID …] [OPTIONS]        these calls
       callweave backfill --job JOB                            goes on watching one
       callweave backfill --jobs                               lists them
options: --dry            looks, changes nothing
         --effects all    old calls do what fresh ones do: leads, tasks, owners
         --compare crm    reads the notes back from the CRM
         --detach         does not wait for the end; Ctrl-C would cancel it otherwise
         --json           every call, as JSON
         --config FILE
dates: "2026-11-20", "2026-11-20 14:05:00" (the PBX's time), "2026-11-20T14:05:00+03:00", Unix time`

const options = {
  config: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  id: { type: 'string', multiple: true },
  job: { type: 'string' },
  jobs: { type: 'boolean' },
  dry: { type: 'boolean' },
  effects: { type: 'string' },
  compare: { type: 'string' },
  detach: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

const PATH = '/pbx/read_call'
const PAGE = 5_000
/** A log needs no more. */
const LINE_EVERY_MS = 10_000

/** `callweave backfill`: has calls of the past read again by the service that runs. Exit code 1 when calls failed, or it did not come to its end. */
export async function backfillCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options }, usage, io)
  if (!parsed) return 2
  const { config, from, to, id, job, jobs, dry, effects, compare, detach, json = false } = parsed.values
  if ([from, id, job, jobs].filter((chosen) => chosen !== undefined).length !== 1) {
    io.stderr.write(`callweave: one of --from, --id, --job and --jobs\nusage: ${usage}\n`)
    return 2
  }
  try {
    const { directory } = loadConfig(configFile(config)).service
    if (jobs) {
      for (const each of JobList.parse(await askService(directory, 'GET', `${PATH}/jobs`)).jobs)
        io.stdout.write(jobLine(each))
      return 0
    }
    const begun =
      job === undefined
        ? await askService(directory, 'POST', PATH, {
            job: true,
            ...(from !== undefined && { start_date: from }),
            ...(to !== undefined && { end_date: to }),
            ...(id !== undefined && { id }),
            ...(dry !== undefined && { dry }),
            ...(effects !== undefined && { effects }),
            ...(compare !== undefined && { compare }),
          })
        : await askService(directory, 'GET', `${PATH}/jobs/${encodeURIComponent(job)}?limit=1`)
    const state = JobState.parse(begun)
    if (detach) {
      io.stdout.write(json ? `${JSON.stringify(state)}\n` : `job ${state.job}: callweave backfill --job ${state.job}\n`)
      return 0
    }
    return await tellEnd(directory, await watched(directory, state, io), json, io)
  } catch (error) {
    const forPeople = [ConfigError, ServiceStopped, ServiceRefused, StreamBroken].some((kind) => error instanceof kind)
    if (!forPeople || !(error instanceof Error)) throw error
    io.stderr.write(`callweave: ${sentence(error)}\n`)
    return 1
  }
}

/** Shows progress until the job has ended, or is cancelled by a signal. */
async function watched(directory: string, first: JobState, io: CommandIo): Promise<JobState> {
  const url = `${PATH}/jobs/${first.job}`
  const show = progressOn(io)
  let state = first
  show.state(state)
  for await (const { data } of eventsOfService(directory, `${url}/events`, io.signal)) {
    state = JobState.parse(JSON.parse(data))
    show.state(state)
  }
  show.end()
  if (io.signal.aborted) return JobState.parse(await askService(directory, 'DELETE', url))
  if (!state.ended) throw new StreamBroken('the service is stopping')
  return state
}

async function tellEnd(directory: string, state: JobState, json: boolean, io: CommandIo): Promise<number> {
  const trouble: string[] = []
  const calls: JobPage['calls'][number][] = []
  if (json || state.failed + state.doubled > 0) {
    for await (const page of pagesOf(directory, state.job)) {
      if (json) calls.push(...page)
      else trouble.push(troubled(page))
    }
  }
  io.stdout.write(json ? `${JSON.stringify({ ...state, calls }, null, 2)}\n` : `${summary(state)}${trouble.join('')}`)
  return state.state === 'done' && state.failed === 0 ? 0 : 1
}

async function* pagesOf(directory: string, job: string): AsyncGenerator<JobPage['calls'], void, undefined> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: JobPage = JobPage.parse(
      await askService(directory, 'GET', `${PATH}/jobs/${job}?after=${after}&limit=${PAGE}`),
    )
    yield page.calls
    after = page.next
  }
}

/** On a terminal one line that moves; elsewhere a line now and then. */
function progressOn({ stderr }: CommandIo) {
  const terminal = 'isTTY' in stderr && stderr.isTTY === true
  let toldAt = Number.NEGATIVE_INFINITY
  return {
    state: (state: JobState): void => {
      if (terminal) stderr.write(`\r\x1b[K${progressBar(state)}`)
      else if (performance.now() - toldAt > LINE_EVERY_MS) {
        toldAt = performance.now()
        stderr.write(`${progressLine(state)}\n`)
      }
    },
    end: (): void => {
      if (terminal) stderr.write('\r\x1b[K')
    },
  }
}

function sentence(error: Error): string {
  if (error instanceof ServiceStopped)
    return 'the service is not running, and only it writes to the CRM: start it (systemctl start callweave) and ask again'
  if (error instanceof StreamBroken)
    return `${error.message}; the job goes on when it runs again: callweave backfill --jobs`
  return error.message.replaceAll('start_date', '--from').replaceAll('end_date', '--to')
}
