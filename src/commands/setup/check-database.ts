import { loadConfig } from '../../config/load.ts'
import type { CommandIo } from '../command.ts'
import { databaseCheck } from '../doctor/database-check.ts'
import { findingLines } from '../doctor/report.ts'

/** Whether the configured user reads the tables, as the doctor sees it. Exit code 1 when not. @throws ConfigError */
export async function checkDatabase(file: string, io: CommandIo): Promise<number> {
  const { database } = loadConfig(file)
  const findings = await databaseCheck(database)(io.signal)
  for (const finding of findings) io.stdout.write(findingLines(finding))
  return database && findings.every(({ level }) => level !== 'failure') ? 0 : 1
}
