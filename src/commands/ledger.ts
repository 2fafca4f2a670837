import { join } from 'node:path'
import { env } from 'node:process'
import { ConfigError, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { boundsOfDay, dayOf, type LedgerDay, ledgerDay } from '../reconciliation/ledger.ts'
import { openStoreForReading } from '../store/sqlite/open-for-reading.ts'
import { StoreError } from '../store/store-error.ts'
import type { Command } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'
import { tellLedger } from './ledger-text.ts'

const USAGE = 'callweave ledger [--day YYYY-MM-DD] [--days N] [--json] [--lang ru|en] [--config FILE]'
const options = {
  config: { type: 'string' },
  day: { type: 'string' },
  days: { type: 'string' },
  json: { type: 'boolean' },
  lang: { type: 'string' },
} as const
const DAY_MS = 86_400_000
const MOST_DAYS = 366

/**
 * `callweave ledger`: every call of the PBX, and where it is. Reads what the passes found, beside the running service.
 * 0 nothing is lost or doubled, 1 something is (or nothing could be read), 2 wrong usage.
 */
export const ledgerCommand: Command = async (args, io) => {
  const parsed = parseOptions({ args: [...args], options }, USAGE, io)
  if (!parsed) return 2
  const { config: file, day, json, lang: told } = parsed.values
  const lang = told === undefined ? ((env['LC_ALL'] || env['LANG'] || '').startsWith('ru') ? 'ru' : 'en') : told
  const count = Number(parsed.values.days ?? 1)
  const isDay = day === undefined || !Number.isNaN(Date.parse(`${day}T00:00:00Z`))
  if ((lang !== 'ru' && lang !== 'en') || !isDay || !Number.isInteger(count) || count < 1 || count > MOST_DAYS) {
    io.stderr.write(`usage: ${USAGE}\n`)
    return 2
  }
  try {
    const config = loadConfig(configFile(file))
    const days = await read(config, day, count)
    io.stdout.write(json ? `${JSON.stringify(days, null, 2)}\n` : tellLedger(days, { lang, timeZone: zoneOf(config) }))
    return days.some(({ all }) => all.lost + all.doubled > 0) ? 1 : 0
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StoreError)) throw error
    io.stderr.write(`callweave ledger: ${error.message}\n`)
    return 1
  }
}

/** @param last left out: today; the days before it come first */
async function read(config: Config, last: string | undefined, count: number): Promise<readonly LedgerDay[]> {
  using store = openStoreForReading(join(config.service.directory, 'callweave.db'))
  const { pbx } = config.service
  const timeZone = zoneOf(config)
  const end = Date.parse(`${last ?? dayOf(Date.now(), timeZone)}T00:00:00Z`)
  const days: LedgerDay[] = []
  for (let back = count - 1; back >= 0; back -= 1) {
    const day = new Date(end - back * DAY_MS).toISOString().slice(0, 10)
    const { from, to } = boundsOfDay(day, timeZone)
    const rows = await store.ledger.startedBetween(pbx, from, to)
    days.push(ledgerDay(day, rows, await store.ledger.blindBetween(pbx, from, to)))
  }
  return days
}

function zoneOf({ hours, database }: Config): string | undefined {
  return hours?.timeZone ?? database?.timeZone
}
