import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseCheck } from '../../src/commands/doctor/database-check.ts'
import { Database } from '../../src/config/sections/database.ts'
import { type RecordsDatabase, startRecordsDatabase } from './_records-database.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

describe('given a database server with nothing in it', () => {
  let records: RecordsDatabase
  beforeAll(async () => {
    records = await startRecordsDatabase()
  })
  afterAll(() => records?.[Symbol.asyncDispose]())

  const says = async (change: object = {}) => {
    const config = Database.parse({ ...records.address, ...change })
    const findings = await databaseCheck(config, () => NOW)(AbortSignal.timeout(10_000))
    return findings.map(({ level, says: text, cure }) => `${level}: ${text}${cure === undefined ? '' : ` → ${cure}`}`)
  }
  const sql = (text: string) => records.writer.query(text)

  test('when a table is missing, then both are told, each with what to set', async () => {
    expect(await says()).toEqual(
      Array(2).fill(expect.stringMatching(/^failure: .* lacks a table → set database\.cdrTable/)),
    )
  })

  test('when indexes, `id` or `extra` are missing, then each has the statement that makes it', async () => {
    await sql(`CREATE TABLE cdr (calldate datetime, src int, dst int, channel int, dstchannel int, disposition int, duration int,
      billsec int, uniqueid varchar(32));
      CREATE TABLE cel (eventtype varchar(30), eventtime datetime, channame varchar(80), uniqueid varchar(32), linkedid varchar(32))`)
    expect(await says()).toEqual([
      expect.stringMatching(/^failure: cdr has no index on calldate; .* → ALTER TABLE `cdr` ADD INDEX \(`calldate`\)$/),
      expect.stringMatching(/^failure: cel has no index on linkedid; .* → ALTER TABLE `cel` ADD INDEX \(`linkedid`\)$/),
      expect.stringMatching(/^failure: cel has no index on uniqueid; .* → ALTER TABLE `cel` ADD INDEX \(`uniqueid`\)$/),
      expect.stringMatching(
        /^warning: cel has no column id; .* → ALTER TABLE `cel` ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY$/,
      ),
      expect.stringMatching(/^warning: cel has no column extra → ALTER TABLE `cel` ADD COLUMN extra VARCHAR\(512\)/),
    ])
  })

  test('when its cures are carried out, then all is well but that the tables are empty', async () => {
    for (const line of await says()) await sql(/ALTER TABLE [^;]*/.exec(line)?.[0] ?? '')
    expect(await says()).toEqual([
      expect.stringMatching(/^warning: cdr is empty/),
      expect.stringMatching(/^warning: cel is empty/),
    ])
  })

  test('when CEL stopped while CDR goes on, then that is told', async () => {
    await sql(`INSERT INTO cdr (calldate) VALUES ('2026-11-20 11:00:00');
      INSERT INTO cel (eventtype, eventtime) VALUES ('CHAN_START', '2026-11-19 11:00:00')`)
    expect(await says()).toEqual([
      'ok: cdr is readable, newest row 2026-11-20 11:00:00',
      'ok: cel is readable, newest row 2026-11-19 11:00:00',
      expect.stringMatching(/^warning: calls leave rows in CDR but no longer in CEL → .*cel\.conf/),
    ])
    await sql(`UPDATE cdr SET calldate = '2026-10-01 11:00:00'; UPDATE cel SET eventtime = '2026-10-01 11:00:00'`)
    expect(await says()).toEqual(Array(2).fill(expect.stringMatching(/^warning: c.. has no row since 2026-10-01/)))
  })

  test('when a column has another name, then the configuration names it', async () => {
    await sql('ALTER TABLE cel CHANGE channame chan varchar(80)')
    expect((await says())[1]).toMatch(/^failure: cel has no column channame → .*database\.columns/)
    expect(await says({ columns: { cdr: {}, cel: { channame: 'chan' } } })).toHaveLength(2)
  })

  test('when it does not answer or refuses the password, then it is told once', async () => {
    expect(await says({ port: 1 })).toEqual([
      expect.stringMatching(/^failure: nothing listens at 127\.0\.0\.1:1 → start MariaDB/),
    ])
    expect(await says({ password: 'wrong' })).toEqual([
      expect.stringMatching(/^failure: the database refuses callweave → set database\.user/),
    ])
  })
})
