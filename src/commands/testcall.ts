import { z } from 'zod'
import { ConfigError, loadConfig } from '../config/load.ts'
import { askService, ServiceRefused, ServiceStopped } from '../service/control/control-client.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage =
  'callweave testcall [--config FILE]     makes a call that rings nobody, and tells whether it went its whole way'
const Result = z.object({ ok: z.boolean(), failedAt: z.string(), tookMs: z.number() })

/** What to look at when a step fails. */
const cures: Readonly<Record<string, string>> = {
  originate:
    'Asterisk did not begin the call: is the link up ("callweave doctor"), does the dialplan have [callweave-test] ("callweave dialplan --install")?',
  question: 'no question came: "callweave dialplan --install", then "dialplan reload"',
  answer: 'the question was not answered in time: the log of the service tells why',
  events: 'the end of the call was not heard, or the dialplan got no answer: the log of the service tells more',
  journal: 'the journal does not have the call: is the disk full?',
}

/** `callweave testcall`: the synthetic call, by the service that runs. Exit code 1 when it failed. */
export async function testcallCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options: { config: { type: 'string' } } }, usage, io)
  if (!parsed) return 2
  try {
    const { directory } = loadConfig(configFile(parsed.values.config)).service
    const { ok, failedAt, tookMs } = Result.parse(await askService(directory, 'POST', '/testcall'))
    io.stdout.write(ok ? `well: ${tookMs} ms\n` : `failed at the step "${failedAt}": ${cures[failedAt] ?? ''}\n`)
    return ok ? 0 : 1
  } catch (error) {
    const forPeople = [ConfigError, ServiceStopped, ServiceRefused].some((kind) => error instanceof kind)
    if (!forPeople || !(error instanceof Error)) throw error
    io.stderr.write(`callweave: ${error.message}\n`)
    return 1
  }
}
