import type { JobPage, JobState } from './job-state.ts'

const WIDTH = 30

/** One line that is written over again and again. */
export function progressBar(state: JobState): string {
  const full = Math.round(state.share * WIDTH)
  const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
  return `${bar} ${percent(state)}  ${brief(state)}`
}

/** The same for a log. */
export function progressLine(state: JobState): string {
  return `${percent(state)}  ${brief(state)}`
}

function percent({ share }: JobState): string {
  return `${Math.floor(share * 100)} %`.padStart(5)
}

function brief({ state, found, registered, repaired, failed, trouble }: JobState): string {
  if (trouble !== undefined) return `waits: ${trouble}`
  if (state === 'waiting') return 'another job runs before'
  const parts = [`${found} calls`, `${registered} registered`]
  if (repaired > 0) parts.push(`${repaired} repaired`)
  if (failed > 0) parts.push(`${failed} failed`)
  if (state === 'sending') parts.push('on their way to the CRM')
  return parts.join(', ')
}

/** What it came to. */
export function summary(state: JobState): string {
  const { dry, found, right, registered, repaired, leftOut, notDue, failed, removedByPeople, adopted, doubled } = state
  const rows: readonly (readonly [string, number])[] = [
    ['right already', right],
    [dry ? 'would be registered' : 'registered', registered],
    [dry ? 'would be repaired' : 'repaired', repaired],
    ['written by somebody else, adopted', adopted],
    ['not to be registered', leftOut],
    ['too early to tell', notDue],
    ['removed by people', removedByPeople],
    ['doubled in the CRM', doubled],
    ['failed', failed],
  ]
  const width = String(found).length
  const told = rows.filter(([what, calls]) => calls > 0 || what === 'registered')
  const head = `${headOf(state)}: ${found} calls\n`
  const unknown = state.notFound.slice(0, 20).map((id) => `  no record of ${id}\n`)
  const more = state.notFound.length > 20 ? `  … and of ${state.notFound.length - 20} more\n` : ''
  return [head, ...told.map(([what, calls]) => `  ${String(calls).padStart(width)} ${what}\n`), ...unknown, more].join(
    '',
  )
}

function headOf({ state, dry, error }: JobState): string {
  switch (state) {
    case 'done':
      return dry ? 'looked, changed nothing' : 'done'
    case 'cancelled':
      return 'cancelled; what was done stays'
    case 'failed':
      return `failed (${error ?? ''})`
    default:
      return `goes on (${state})`
  }
}

/** Calls a person should look at. */
export function troubled(calls: JobPage['calls']): string {
  return calls
    .filter(({ finding }) => finding === 'failed' || finding === 'doubled')
    .map(({ id, startedAt, why }) => `  ${id}  ${startedAt}  ${why}\n`)
    .join('')
}

export function jobLine({ job, createdAt, state, share, found, registered }: JobState): string {
  return `${job}  ${createdAt}  ${state}  ${Math.floor(share * 100)} %  ${found} calls, ${registered} registered\n`
}
