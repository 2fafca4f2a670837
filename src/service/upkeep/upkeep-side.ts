import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import type { Store } from '../../store/ports.ts'
import { createUpkeep } from './upkeep.ts'

/** Copies and ages of the state, as the configuration says. */
export function createUpkeepSide(config: Config, store: Pick<Store, 'upkeep'>, log: Logger, now: () => number) {
  const { directory, backupDays, keepEventsDays, keepDays } = config.service
  return createUpkeep({
    store: store.upkeep,
    directory: backupDirectory(directory),
    ...{ backupDays, keepEventsDays, keepDays, now, log },
    steady: () => performance.now(),
  })
}

export function backupDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'backups')
}
