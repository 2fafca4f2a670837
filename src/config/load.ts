import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { repetitions } from './repetitions.ts'
import { type Config, ConfigFile } from './schema.ts'
import { shown } from './secret.ts'

/** The configuration cannot be used; `message` lists every wrong key, its value and what is allowed. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads and checks the configuration file.
 * @throws ConfigError when the file cannot be read, is no JSON, or has a wrong key.
 */
export function loadConfig(file: string): Config {
  return checkConfig(parse(file, read(file)), file)
}

/** Checks a parsed configuration. @throws ConfigError naming every wrong key. */
export function checkConfig(raw: unknown, file: string): Config {
  const checked = ConfigFile.safeParse(raw)
  const lines = [...(checked.error?.issues ?? []).flatMap((issue) => describe(issue, raw)), ...repetitions(raw)]
  if (checked.success && lines.length === 0) return checked.data
  throw new ConfigError(
    `${file}: ${lines.length} wrong ${lines.length === 1 ? 'key' : 'keys'}\n${lines.map((line) => `  ${line}`).join('\n')}`,
  )
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT')
      throw new ConfigError(
        `${file}: no such file. Start from config/config.example.json, or name another file with --config.`,
      )
    if (code === 'EACCES')
      throw new ConfigError(
        `${file}: may not be read by this user. It belongs to the service's user, mode 0600; try as that user or as root.`,
      )
    throw new ConfigError(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConfigError(`${file}: not JSON: ${placed(cause instanceof Error ? cause.message : '', text)}`)
  }
}

/** V8 says the position in characters; people count lines. The text itself stays out: it may hold a secret. */
function placed(message: string, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  const before = position === undefined ? text : text.slice(0, Number(position))
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  return `line ${line}, column ${column} (a comma too many, a quote or bracket too few?)`
}

function describe(issue: z.core.$ZodIssue, raw: unknown): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: unknown key; remove it or check the spelling`)
  }
  const path = issue.path.map(String)
  const key = path.at(-1) ?? ''
  const value = valueAt(raw, issue.path)
  if (value === undefined) return [`${path.join('.')}: missing; allowed: ${allowed(issue)}`]
  return [`${path.join('.')}: ${shown(key, value)} is not allowed; allowed: ${allowed(issue)}`]
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    raw,
  )
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : `a value of type ${issue.expected}`
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(', ')
    case 'too_small':
      return issue.origin === 'string' ? `at least ${issue.minimum} characters` : `${issue.minimum} or more`
    case 'too_big':
      return issue.origin === 'string' ? `at most ${issue.maximum} characters` : `${issue.maximum} or less`
    case 'invalid_format':
      return issue.format === 'url' ? 'an http or https address' : issue.message
    default:
      return issue.message
  }
}
