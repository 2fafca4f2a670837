import { once } from 'node:events'
import { argv } from 'node:process'
import { loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/log.ts'
import { startService } from '../../src/service.ts'

/** Thirty seconds of silence are three here, ten minutes of patience twenty seconds, and five minutes four seconds. */
const reconciliation = {
  quietMs: 3_000,
  patienceMs: 20_000,
  pollMs: 500,
  leaveAloneMs: 4_000,
  everyMs: 500,
  againMs: 1_000,
  passesMs: 2_000,
  readingMs: 1_000,
}

const configFile = argv.at(-1) ?? ''
const reread = () => loadConfig(configFile)
/** What changes in files and on phones is seen within a moment. */
const looks = { filesMs: 200, phonesMs: 1_000 }
const ended = new AbortController()
process.once('SIGTERM', () => ended.abort())
const config = reread()
const log = createLog(config.service.log)
await using service = await startService(config, { log, reconciliation, reread, configFile, looks })
await Promise.race([once(ended.signal, 'abort'), service.broken])
