import { randomBytes } from 'node:crypto'
import { foreignAriSections, freeName } from '../../asterisk/config-sections.ts'
import { type Completed, complete, type Tree, unanswered } from '../../config/complete.ts'
import { ConfigError, checkConfig } from '../../config/load.ts'
import { administratorKeys } from './administrator-keys.ts'
import { answersFrom, type Environment } from './answers.ts'
import { configTree, writeConfig } from './config-tree.ts'

export interface CompleteFileOptions {
  readonly file: string
  /** Asterisk's configuration, to see which ARI users there are. */
  readonly directory: string
  readonly env: Environment
}

/** Nothing but letters and digits: they mean themselves in ari.conf, in SQL, in JSON and in a shell. */
function newPassword(): string {
  return randomBytes(24).toString('hex')
}

const make = {
  password: newPassword,
  keys: administratorKeys,
}

/**
 * Adds to the configuration what it does not have. It is written whole or not at all, 0600, and only when every key is right.
 * @returns what was done, for people; no values.
 * @throws ConfigError
 */
export async function completeFile({ file, directory, env }: CompleteFileOptions): Promise<string> {
  const before = await configTree(file)
  const told = answersFrom(env)
  const ariUser = told.ariUser ?? freeName('callweave', await foreignAriSections(directory))
  const { config, added } = completed(before ?? {}, { ...told, ariUser }, file)
  checkConfig(config, file)
  if (added.length === 0) return `${file}: nothing to change\n`
  await writeConfig(file, config)
  return `${file}: added ${added.join(', ')}\n`
}

/** Variables that answer for a key, how they are typed, and what a person is asked. */
const questions: Readonly<Record<string, readonly string[]>> = {
  'crm.url': ['CALLWEAVE_CRM_URL shown Address of your amoCRM account (acme.amocrm.ru)'],
  'crm.token': [
    'CALLWEAVE_CRM_TOKEN secret Long-lived token (amoCRM: Settings, Integrations, a private integration, "Keys and scopes")',
  ],
  'webserver.administrators': [
    "CALLWEAVE_ADMIN_LOGIN shown Administrator's login for the settings page [admin]",
    'CALLWEAVE_ADMIN_PASSWORD secret Password, 8 characters or more',
  ],
}

/** What a person must be asked: what only they can tell and the file does not have. One a line. @throws ConfigError when it is no JSON */
export async function questionsFor(file: string): Promise<string> {
  const open = unanswered((await configTree(file)) ?? {})
  return open.flatMap((key) => (questions[key] ?? []).map((line) => `${line}\n`)).join('')
}

function completed(before: Tree, answers: Parameters<typeof complete>[1], file: string): Completed {
  try {
    return complete(before, answers, make)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ConfigError(`${file}: ${error.message}`)
  }
}
