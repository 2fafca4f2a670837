import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { mobileOwners } from '../calls/mobile-owners.ts'
import { ConfigError, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { mentionsOf } from '../numbers/mentions.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import { removeMp3s } from '../recordings/mp3-cache.ts'
import { askService, ServiceRefused, ServiceStopped } from '../service/control/control-client.ts'
import { recordingsSettings } from '../service/recordings-side.ts'
import { inSlices, readForgotten } from '../service/upkeep/forget-router.ts'
import { openForReading } from '../store/sqlite/connection.ts'
import { findPerson, type PersonFound } from '../store/sqlite/find-person.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { asStoreError } from '../store/sqlite/sqlite-failure.ts'
import { StoreError } from '../store/store-error.ts'
import type { Forgotten, PersonsTraces } from '../store/upkeep-ports.ts'
import type { Command, CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = 'callweave forget [--dry-run] [--recordings] [--config FILE] NUMBER'
const options = {
  config: { type: 'string' },
  'dry-run': { type: 'boolean' },
  recordings: { type: 'boolean' },
} as const

/**
 * `callweave forget`: takes a person out of the state, whether the service runs or not. Looks through all of it itself and hands only what is to go
 * to the service, in small pieces. 0 nothing is left, 1 something is (or nothing was done), 2 wrong usage.
 */
export const forgetCommand: Command = async (args, io) => {
  const parsed = parseOptions({ args: [...args], allowPositionals: true, options }, usage, io)
  const [number, ...more] = parsed?.positionals ?? []
  if (!parsed || number === undefined || more.length > 0) {
    if (parsed) io.stderr.write(`usage: ${usage}\n`)
    return 2
  }
  try {
    const config = loadConfig(configFile(parsed.values.config))
    const key = phoneKey(normalisePhone(number, config.numbers.country))
    const why = key === undefined ? 'it is no phone number' : whoseOwn(key, config)
    if (key === undefined || why !== undefined) {
      io.stderr.write(`callweave forget: ${number} cannot be forgotten: ${why}\n`)
      return 1
    }
    const found = look(config, key)
    const dry = parsed.values['dry-run'] === true
    const gone = dry ? wouldGo(found) : await forget(config, found)
    const ids = found.calls.map(({ id }) => id)
    const files = dry ? 0 : await removeMp3s(recordingsSettings(config).cacheDirectory, ids)
    tell({ found, gone, files, dry, recordings: parsed.values.recordings === true, config }, io)
    return found.openJobs.length + found.pendingCalls.length > 0 ? 1 : 0
  } catch (error) {
    const told = error instanceof ConfigError || error instanceof ServiceRefused ? error : asStoreError(error)
    io.stderr.write(`callweave forget: ${told.message}\n`)
    return 1
  }
}

/** A slip of the hand must not take every call of a line or of a colleague. */
function whoseOwn(key: string, { lines, staff }: Config): string | undefined {
  const line = lines.find(({ did }) => phoneKey(did) === key)
  if (line) return `it is a line of yours (${line.did})`
  const owner = mobileOwners({
    internal: undefined,
    people: staff.people.map(({ extension, mobiles }) => ({ extension, mobiles })),
  }).ownerOf(key)
  return owner === undefined ? undefined : `it is the mobile of ${owner}`
}

function look({ service }: Config, key: string): PersonFound {
  const file = join(service.directory, 'callweave.db')
  if (!existsSync(file)) throw new StoreError('not-openable', `${file}: no such file`)
  const db = openForReading(file)
  try {
    return findPerson(db, [key], mentionsOf([key]))
  } finally {
    db.close()
  }
}

async function forget({ service }: Config, traces: PersonsTraces): Promise<Forgotten> {
  const slices = inSlices(traces)
  try {
    const answers: Forgotten[] = []
    for (const slice of slices) {
      answers.push(readForgotten(await askService(service.directory, 'POST', '/forget', plain(slice))))
    }
    return sum(answers)
  } catch (error) {
    if (!(error instanceof ServiceStopped)) throw error
    await using store = await openStore({ file: join(service.directory, 'callweave.db') })
    return sum(await Promise.all(slices.map((slice) => store.upkeep.forgetPerson(slice))))
  }
}

function plain({ keys, calls, jobKeys, decisions, clients, leads }: PersonsTraces): PersonsTraces {
  return { keys, calls, jobKeys, decisions, clients, leads }
}

function wouldGo({
  calls,
  jobKeys,
  decisions,
  clients,
  leads,
  callbackTasks,
  incomingNumbers,
}: PersonFound): Forgotten {
  const lengths = { calls: calls.length, jobs: jobKeys.length, decisions: decisions.length }
  return { ...lengths, clients: clients.length, leads: leads.length, callbackTasks, incomingNumbers }
}

function sum(answers: readonly Forgotten[]): Forgotten {
  const of = (name: keyof Forgotten) => answers.reduce((total, answer) => total + answer[name], 0)
  return {
    ...{ calls: of('calls'), jobs: of('jobs'), decisions: of('decisions'), callbackTasks: of('callbackTasks') },
    ...{ incomingNumbers: of('incomingNumbers'), clients: of('clients'), leads: of('leads') },
  }
}

interface Told {
  readonly found: PersonFound
  readonly gone: Forgotten
  readonly files: number
  readonly dry: boolean
  readonly recordings: boolean
  readonly config: Config
}

function tell({ found, gone, files, dry, recordings, config }: Told, io: CommandIo): void {
  const line = (text: string) => io.stdout.write(`${text}\n`)
  line(dry ? 'Would be removed:' : 'Removed:')
  line(
    `  calls: ${gone.calls} (client, events, recordings' names; time, line and result stay, so that none is registered again)`,
  )
  line(`  CRM writes that are done or refused: ${gone.jobs}, decisions by themselves: ${gone.decisions}`)
  line(`  clients in the index: ${gone.clients}, leads: ${gone.leads} (read again as long as they stand in the CRM)`)
  line(
    `  numbers in incoming leads: ${gone.incomingNumbers}, callback tasks: ${gone.callbackTasks}, MP3 kept: ${files}`,
  )
  if (recordings) {
    line(`Recordings of the PBX, left alone: ${found.recordings.length}`)
    for (const name of found.recordings) line(`  ${name.replaceAll(/\p{C}+/gu, ' ')}`)
  }
  if (found.openJobs.length > 0) {
    line(
      `Left: ${found.openJobs.length} CRM writes still to be sent; do it again when "callweave outbox" shows none waiting`,
    )
  }
  if (found.pendingCalls.length > 0)
    line(`Left: ${found.pendingCalls.length} calls that wait for CEL; do it again in ten minutes`)
  line(
    `Not touched: the CRM, the PBX with its CDR, CEL and recordings, logs, copies of the state (kept ${config.service.backupDays} days).`,
  )
}
