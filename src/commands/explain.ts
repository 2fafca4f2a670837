import { join } from 'node:path'
import { env } from 'node:process'
import { z } from 'zod'
import type { Call } from '../calls/call.ts'
import { ConfigError, loadConfig } from '../config/load.ts'
import { callOfJob } from '../registration/decisions-of.ts'
import type { Language } from '../registration/explain/language.ts'
import { tellCall } from '../registration/explain/tell-call.ts'
import { whyUnregistered } from '../registration/why-unregistered.ts'
import { registrationSettings } from '../service/settings.ts'
import type { StoredJob } from '../store/ports.ts'
import { openStoreForReading, type ReadableStore } from '../store/sqlite/open-for-reading.ts'
import { StoreError } from '../store/store-error.ts'
import type { Command } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const USAGE = 'callweave explain [--lang ru|en] [--config FILE] CALL-ID'
const options = { config: { type: 'string' }, lang: { type: 'string' } } as const

/**
 * `callweave explain`: why a call stands where it stands in the CRM, one sentence a decision. Reads beside the running service.
 * 0 told, 1 there is no such call, 2 wrong usage.
 */
export const explainCommand: Command = async (args, io) => {
  const parsed = parseOptions({ args: [...args], allowPositionals: true, options }, USAGE, io)
  const [id, ...more] = parsed?.positionals ?? []
  const lang = languageOf(parsed?.values.lang)
  if (!parsed || id === undefined || more.length > 0 || lang === undefined) {
    if (parsed) io.stderr.write(`usage: ${USAGE}\n`)
    return 2
  }
  try {
    const config = loadConfig(configFile(parsed.values.config))
    using store = openStoreForReading(join(config.service.directory, 'callweave.db'))
    const { pbx } = config.service
    // A key of a job or of a record names the call, too.
    const asked = callOfJob(`${id}:`)?.callId ?? id
    const entry = await store.journal.find(pbx, asked)
    if (!entry) {
      io.stderr.write(`callweave explain: there is no call ${id} in the journal of ${pbx}\n`)
      return 1
    }
    const jobs = await jobsOf(store, `${pbx}/${entry.id}`)
    const decisions = await store.decisions.of(pbx, entry.id)
    // Written by the journal: a Call of this or an earlier version.
    const call = { ...(entry.call as Call), endedAt: entry.endedAt }
    const why = jobs.length > 0 ? undefined : whyUnregistered(call, registrationSettings(config, 0))
    for (const line of tellCall({ entry, decisions, jobs, why }, lang)) io.stdout.write(`${line}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StoreError)) throw error
    io.stderr.write(`callweave explain: ${error.message}\n`)
    return 1
  }
}

/** In the order in which they are carried out. */
async function jobsOf(store: ReadableStore, uniq: string): Promise<readonly StoredJob[]> {
  const people = await peopleOf(store, uniq)
  const names = [
    'client',
    'lead',
    'task',
    'note',
    ...people.map((extension) => `note/${extension}`),
    'cards',
    'task-done',
  ]
  const jobs = await Promise.all(names.map((name) => store.outbox.get(`${uniq}:${name}`)))
  const changes: StoredJob[] = []
  for (const note of jobs.filter((job) => job?.kind === 'call-note')) {
    for (let number = 1; note; number += 1) {
      const change = await store.outbox.get(`${note.key}-change/${number}`)
      if (!change) break
      changes.push(change)
    }
  }
  return [...jobs.flatMap((job) => job ?? []), ...changes]
}

const Talked = z.object({ call: z.object({ talked: z.array(z.object({ extension: z.string() })) }) })

async function peopleOf(store: ReadableStore, uniq: string): Promise<readonly string[]> {
  const first = await store.outbox.get(`${uniq}:client`)
  return Talked.safeParse(first?.payload).data?.call.talked.map(({ extension }) => extension) ?? []
}

function languageOf(option: string | undefined): Language | undefined {
  if (option === 'ru' || option === 'en') return option
  if (option !== undefined) return undefined
  return (env['LC_ALL'] || env['LANG'] || '').startsWith('ru') ? 'ru' : 'en'
}
