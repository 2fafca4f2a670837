import { validate } from 'node-cron'
import { z } from 'zod'
import { port, secret, timeZone } from '../values.ts'

const columns = z.record(z.string().regex(/^[a-z_]+$/), z.string().regex(/^\w+$/)).default({})

export const Database = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('MySQL/MariaDB server.'),
    port: port.default(3306).describe('Its port.'),
    user: z.string().min(1).default('callweave').describe('A user who may SELECT from the two tables.'),
    password: secret.optional().describe("That user's password. Needed unless `csv` names a file."),
    name: z.string().min(1).default('asteriskcdrdb').describe('Database of the tables.'),
    cdrTable: z.string().regex(/^\w+$/).default('cdr').describe('Table of call detail records.'),
    celTable: z.string().regex(/^\w+$/).default('cel').describe('Table of channel event logging.'),
    columns: z
      .strictObject({
        cdr: columns.describe("CDR: our column name to your table's."),
        cel: columns.describe('CEL: {"eventtime": "event_time"} when the table calls it so.'),
      })
      .default({ cdr: {}, cel: {} })
      .describe("Columns that have names of their own; what is left out has Asterisk's name."),
    timeZone: timeZone.optional().describe("Zone of the tables' times; left out: worked out from the rows."),
    csv: z
      .string()
      .startsWith('/', 'an absolute path, like "/var/log/asterisk/cdr-csv/Master.csv"')
      .optional()
      .describe(
        "For a PBX without a database: Asterisk's file of call detail records. Missing calls are found in it; persons and seconds are approximate.",
      ),
    everySeconds: z
      .int()
      .min(30)
      .default(180)
      .describe('How often what the PBX wrote down is held against what is registered.'),
    nightly: z
      .string()
      .refine(validate, 'five fields of cron, like "30 3 * * *"')
      .default('30 3 * * *')
      .describe("When the last days are held against the CRM's own notes: cron, in the machine's zone."),
    nightlyDays: z.int().min(1).max(31).default(2).describe('So many days.'),
  })
  .refine(({ password, csv }) => (password === undefined) !== (csv === undefined), {
    error: 'a password for the database, or a csv file without one',
    path: ['password'],
  })
  .describe('CDR and CEL, the second witness: tells what was not seen live. Callweave only reads.')
