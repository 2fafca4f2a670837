import { join } from 'node:path'
import { ConfigError, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { CrmError } from '../crm/errors.ts'
import { createDeadLetters } from '../outbox/dead-letters.ts'
import { createPace } from '../outbox/pace.ts'
import { controlClient, ServiceRefused, ServiceStopped } from '../service/control/control-client.ts'
import { type ControlDesk, createControlDesk, NoOAuth } from '../service/control/control-desk.ts'
import { crmTokens } from '../service/crm-tokens.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { StoreError } from '../store/store-error.ts'
import type { CommandIo } from './command.ts'

/**
 * Does something at the desk of the running service, or at its state when it is stopped: the state has one writer, and its lock says who.
 * @returns the exit code; trouble a person can act on is told
 */
export async function withDesk(
  file: string,
  io: CommandIo,
  work: (desk: ControlDesk) => Promise<number>,
): Promise<number> {
  try {
    const config = loadConfig(file)
    try {
      return await work(controlClient(config.service.directory))
    } catch (error) {
      if (!(error instanceof ServiceStopped)) throw error
      return await atStoppedService(config, work)
    }
  } catch (error) {
    const forPeople = [ConfigError, StoreError, ServiceRefused, CrmError, NoOAuth].some((kind) => error instanceof kind)
    if (!forPeople || !(error instanceof Error)) throw error
    io.stderr.write(`callweave: ${error.message}\n`)
    return 1
  }
}

async function atStoppedService(config: Config, work: (desk: ControlDesk) => Promise<number>): Promise<number> {
  await using store = await openStore({ file: join(config.service.directory, 'callweave.db') })
  const deps = { pace: createPace(config.crm), now: Date.now, log: { warn: () => undefined } }
  const desk = createControlDesk({
    store: store.outbox,
    letters: createDeadLetters(store.outbox, Date.now),
    tokens: crmTokens(config, deps),
    wake: () => undefined,
  })
  return await work(desk)
}
