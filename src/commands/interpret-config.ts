import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { StaffDirectory } from '../calls/staff.ts'
import { InputError } from './input-error.ts'

/** What `interpret` needs of a configuration. */
export interface InterpretConfig {
  readonly staff: StaffDirectory
  readonly trunks: readonly string[] | undefined
  readonly country: string
  readonly timeZone: string | undefined
  /** For the person at the screen. */
  readonly notes: readonly string[]
}

const DEFAULT_FILE = '/etc/callweave/config.json'
/** Extensions as almost every PBX numbers them. */
const USUAL_EXTENSION = /^\d{2,5}$/

const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is no regular expression; write it like "^1\\\\d\\\\d$"' })
    return z.NEVER
  }
})
const timeZone = z.string().refine(isTimeZone, 'is no IANA time zone; write it like "Europe/Moscow"')
const digits = z.union([z.string(), z.number().transform(String)])

/** A part of the service's configuration, so that a customer's file can be used, and a file with `staff` alone too. */
const ConfigPart = z.object({
  staff: z.object(
    {
      internal: pattern.optional(),
      people: z
        .array(z.object({ extension: digits, user: z.number().optional(), mobiles: z.array(digits).default([]) }))
        .default([]),
    },
    'is missing or no object; write it like {"staff": {"internal": "^1\\\\d\\\\d$", "people": []}}',
  ),
  numbers: z.object({ country: z.string().default('RU') }).default({ country: 'RU' }),
  asterisk: z.object({ trunks: z.array(z.string()).default([]) }).default({ trunks: [] }),
  database: z.object({ timeZone: timeZone.optional() }).default({}),
})

/**
 * Reads the configuration; left out, the service's own when this machine has one.
 * @throws InputError naming every wrong key
 */
export function readInterpretConfig(file: string | undefined): InterpretConfig {
  const found = file ?? process.env['CALLWEAVE_CONFIG'] ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
  if (found === undefined) {
    return {
      staff: { internal: USUAL_EXTENSION, people: [] },
      trunks: undefined,
      country: 'RU',
      timeZone: undefined,
      notes: ['no --config: endpoints of two to five digits are taken for extensions'],
    }
  }
  const checked = ConfigPart.safeParse(parse(found))
  if (!checked.success) {
    const wrong = checked.error.issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${issue.message}`)
    throw new InputError(`${found} cannot be used:\n${wrong.join('\n')}`)
  }
  const { staff, numbers, asterisk, database } = checked.data
  return {
    staff: {
      internal: staff.internal,
      people: staff.people.map(({ extension, user, mobiles }) => ({
        extension,
        mobiles,
        ...(user !== undefined && { user }),
      })),
    },
    trunks: asterisk.trunks.length > 0 ? asterisk.trunks : undefined,
    country: numbers.country,
    timeZone: database.timeZone,
    notes: [],
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new InputError(`${file}: not JSON (a comma too many, a quote or bracket too few?)`)
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new InputError(
      missing
        ? `${file}: no such file; name the configuration with --config`
        : `${file}: ${error instanceof Error ? error.message : error}`,
    )
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
