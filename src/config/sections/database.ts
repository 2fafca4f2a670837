import { z } from 'zod'
import { port, secret, timeZone } from '../values.ts'

const columns = z.record(z.string().regex(/^[a-z_]+$/), z.string().regex(/^\w+$/)).default({})

export const Database = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('MySQL/MariaDB server.'),
    port: port.default(3306).describe('Its port.'),
    user: z.string().min(1).default('callweave').describe('A user who may SELECT from the two tables.'),
    password: secret.describe("That user's password."),
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
  })
  .describe('CDR and CEL, the second witness: tells what was not seen live. Callweave only reads.')
