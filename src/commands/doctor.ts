import { ConfigError, loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { createAmocrm } from '../crm/amocrm/amocrm.ts'
import { longLivedToken } from '../crm/amocrm/long-lived-token.ts'
import { storedTokens } from '../crm/amocrm/stored-tokens.ts'
import { createTokenFile } from '../crm/amocrm/token-file.ts'
import type { TokenSource } from '../crm/amocrm/token-source.ts'
import { createPace } from '../outbox/pace.ts'
import { tokenFile } from '../service/crm-tokens.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'
import { ariCheck } from './doctor/ari-check.ts'
import { certificateCheck } from './doctor/certificate-check.ts'
import { crmCheck } from './doctor/crm-check.ts'
import { databaseCheck } from './doctor/database-check.ts'
import { dialplanCheck } from './doctor/dialplan-check.ts'
import type { Finding } from './doctor/finding.ts'
import { portCheck } from './doctor/port-check.ts'
import { recordingsCheck } from './doctor/recordings-check.ts'
import { findingLines, verdict } from './doctor/report.ts'
import { staffCheck } from './doctor/staff-check.ts'
import { stateCheck } from './doctor/state-check.ts'
import { tokenFindings } from './doctor/token-check.ts'

const usage = 'callweave doctor [--config FILE]'

/** `callweave doctor`: looks at everything the service needs and says of each what to do. Exit code 1 when something keeps it from working. */
export async function doctorCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseOptions({ args: [...args], options: { config: { type: 'string' } } }, usage, io)
  if (!parsed) return 2
  const file = configFile(parsed.values.config)
  try {
    const config = loadConfig(file)
    const tokens = lookingTokens(config)
    const crm = createAmocrm({
      tokens,
      source: config.rules.noteSource,
      country: config.numbers.country,
      pace: createPace(config.crm),
      now: Date.now,
      log: { warn: () => undefined },
    })
    io.stdout.write(
      findingLines({
        level: 'ok',
        subject: 'config',
        says: `${file}: every key is right; mode "${config.service.mode}"`,
      }),
    )
    const checks = [
      ariCheck(config.asterisk),
      dialplanCheck(config.asterisk),
      databaseCheck(config.database),
      crmCheck(crm, config),
      async () => tokenFindings(tokens.status(), Date.now()),
      portCheck(config.webserver),
      certificateCheck(config.webserver, Date.now),
      stateCheck(config.service.directory),
      recordingsCheck(config, Date.now),
      staffCheck(config),
    ]
    const findings: Finding[] = []
    for (const check of checks) {
      const found = await check(io.signal)
      for (const finding of found) io.stdout.write(findingLines(finding))
      findings.push(...found)
    }
    io.stdout.write(`\n${verdict(findings)}`)
    return findings.some(({ level }) => level === 'failure') ? 1 : 0
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    io.stderr.write(`${error.message}\n`)
    return 1
  }
}

/** Looks with what the service works with, and leaves it to the service to renew it. */
function lookingTokens(config: Config): TokenSource {
  const { url, token, oauth } = config.crm
  if (oauth) return storedTokens(url, oauth.clientId, createTokenFile(tokenFile(config)))
  return longLivedToken({ account: url, token: token?.reveal() ?? '' })
}
