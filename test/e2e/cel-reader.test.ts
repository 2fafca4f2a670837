import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCallTracker } from '../../src/calls/call-tracker.ts'
import { createCdrReader } from '../../src/reconciliation/cdr-reader.ts'
import { createCelReader } from '../../src/reconciliation/cel-reader.ts'
import { openDatabase } from '../../src/reconciliation/database.ts'
import { DatabaseRefused, DatabaseUnreachable, SchemaUnusable } from '../../src/reconciliation/database-error.ts'
import { decodeCel } from '../../src/reconciliation/decode-cel.ts'
import type { RecordTables } from '../../src/reconciliation/record-tables.ts'
import { type RecordsDatabase, startRecordsDatabase } from './_records-database.ts'

const CALLS = 3_000
/** Seconds from one call to the next. */
const EVERY = 30
const HOUR = 3_600_000
const FIRST = Date.UTC(2026, 9, 24, 20)
/** Berlin's clocks go back at this instant: the night has the hour from two to three twice. */
const CHANGE = Date.UTC(2026, 9, 25, 1)
const at = (call: number) => FIRST + call * EVERY * 1000
const idOf = (call: number) => `${at(call) / 1000}.${2 * call}`
const legOf = (call: number) => `${at(call) / 1000}.${2 * call + 1}`

const tables: RecordTables = { cdrTable: 'cdr', celTable: 'cel', columns: { cdr: {}, cel: {} } }
const names = { eventtime: 'happened', channame: 'chan', cid_num: 'callerid' }

/** The PBX's clock on the wall, in Berlin. */
function wall(instant: number): string {
  return new Date(instant + (instant < CHANGE ? 2 : 1) * HOUR).toISOString().slice(0, 19).replace('T', ' ')
}

type Step = readonly [
  type: string,
  second: number,
  leg: 'client' | 'person',
  app?: string,
  data?: string,
  extra?: string,
]
const steps: readonly Step[] = [
  ['CHAN_START', 0, 'client'],
  ['APP_START', 0, 'client', 'Dial', 'PJSIP/101,20'],
  ['CHAN_START', 0, 'person'],
  ['ANSWER', 3, 'person', 'AppDial', '(Outgoing Line)'],
  ['ANSWER', 3, 'client', 'Dial', 'PJSIP/101,20'],
  ['BRIDGE_ENTER', 3, 'person', 'AppDial', '(Outgoing Line)', '{"bridge_id":"b","bridge_technology":"simple_bridge"}'],
  ['BRIDGE_ENTER', 3, 'client', 'Dial', 'PJSIP/101,20', '{"bridge_id":"b","bridge_technology":"simple_bridge"}'],
  ['BRIDGE_EXIT', 13, 'person', 'AppDial', '(Outgoing Line)', '{"bridge_id":"b","bridge_technology":"simple_bridge"}'],
  ['HANGUP', 13, 'person', 'AppDial', '', '{"hangupcause":16,"hangupsource":""}'],
  ['CHAN_END', 13, 'person'],
  ['BRIDGE_EXIT', 13, 'client', 'Dial', '', '{"bridge_id":"b","bridge_technology":"simple_bridge"}'],
  ['HANGUP', 13, 'client', 'Dial', '', '{"hangupcause":16,"hangupsource":"PJSIP/trunk-1"}'],
  ['CHAN_END', 13, 'client'],
]

function rowsOf(call: number): readonly (readonly unknown[])[] {
  const linkedid = idOf(call)
  return steps.map(([type, second, leg, app = '', data = '', extra = '']) => {
    const own =
      leg === 'client'
        ? [`PJSIP/trunk-${call}`, idOf(call), '89221532327', '7001']
        : [`PJSIP/101-${call}`, legOf(call), '101', '7001']
    const [channel, uniqueid, number, exten] = own
    return [
      type,
      wall(at(call) + second * 1000),
      number,
      exten,
      'from-trunk',
      channel,
      app,
      data,
      uniqueid,
      linkedid,
      type.startsWith('BRIDGE') ? (leg === 'client' ? `PJSIP/101-${call}` : '') : '',
      '',
      extra,
    ]
  })
}

const shapes = {
  freepbx: {
    key: 'id int NOT NULL AUTO_INCREMENT PRIMARY KEY,',
    extra: 'extra varchar(512),',
    time: 'eventtime datetime',
  },
  stock: {
    key: 'id int NOT NULL AUTO_INCREMENT PRIMARY KEY,',
    extra: 'eventextra varchar(255),',
    time: 'eventtime datetime(6)',
  },
  old: { key: 'id int NOT NULL AUTO_INCREMENT PRIMARY KEY,', extra: '', time: 'eventtime datetime' },
  keyless: { key: '', extra: 'extra varchar(512),', time: 'eventtime datetime' },
} as const
type Shape = keyof typeof shapes

async function makeTable({ writer }: RecordsDatabase, shape: Shape, aliased = false): Promise<void> {
  const { key, extra, time } = shapes[shape]
  const own = (name: string) =>
    aliased
      ? name.replace('eventtime', names.eventtime).replace('channame', names.channame).replace('cid_num', names.cid_num)
      : name
  await writer.query(`DROP TABLE IF EXISTS cel; CREATE TABLE cel (${key} eventtype varchar(30), ${own(time)},
    ${own('cid_num')} varchar(80), exten varchar(80), context varchar(80), ${own('channame')} varchar(80), appname varchar(80),
    appdata varchar(1024), uniqueid varchar(32), linkedid varchar(32), peer varchar(255), userdeftype varchar(255), ${extra}
    KEY uniqueid (uniqueid), KEY linkedid (linkedid))`)
  const columns = [
    'eventtype',
    own('eventtime'),
    own('cid_num'),
    'exten',
    'context',
    own('channame'),
    'appname',
    'appdata',
    'uniqueid',
    'linkedid',
    'peer',
    'userdeftype',
  ]
  const all = extra === '' ? columns : [...columns, extra.slice(0, extra.indexOf(' '))]
  for (let from = 0; from < CALLS; from += 500) {
    const rows = Array.from({ length: 500 }, (_, index) => rowsOf(from + index))
      .flat()
      .map((row) => row.slice(0, all.length))
    await writer.query(`INSERT INTO cel (${all.join(', ')}) VALUES ?`, [rows])
  }
  await writer.query('ANALYZE TABLE cel')
}

let records: RecordsDatabase
beforeAll(async () => {
  records = await startRecordsDatabase()
})
afterAll(() => records?.[Symbol.asyncDispose]())

async function linkedids(reader: ReturnType<typeof createCelReader>, from: number, to: number): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const page of reader.linkedidsBetween(from, to)) for (const id of page) found.add(id)
  return found
}

async function told(reader: ReturnType<typeof createCelReader>, linkedid: string) {
  const [group] = await reader.groupsOf({ linkedids: [linkedid] })
  const tracker = createCallTracker({ staff: { internal: /^1..$/, people: [] }, country: 'RU', evidence: 'cel' })
  const events = [
    ...decodeCel(group?.rows ?? [], { usualOffset: group?.usualOffset }),
    { kind: 'clock', at: 4e12 } as const,
  ]
  return events.flatMap((event) => tracker.take(event)).flatMap((phase) => (phase.kind === 'ended' ? [phase.call] : []))
}

describe.each(['freepbx', 'stock', 'old', 'keyless'] as const)(
  'given a CEL table of %s shape over the night the clocks go back',
  (shape) => {
    beforeAll(() => makeTable(records, shape))

    test('when a quarter of an hour is read, then every call in it is found, each told at its instant, without a scan', async () => {
      records.scans.length = 0
      records.queries.length = 0
      const reader = createCelReader(records.database, tables)
      for (const around of [FIRST + 2 * HOUR, CHANGE - HOUR / 2, CHANGE + HOUR / 2, FIRST + 20 * HOUR]) {
        const found = await linkedids(reader, around, around + HOUR / 4)
        const wanted = Array.from({ length: CALLS }, (_, call) => call).filter(
          (call) => at(call) >= around && at(call) <= around + HOUR / 4,
        )
        expect(wanted.filter((call) => !found.has(idOf(call)))).toEqual([])
        if (shape !== 'keyless') expect(found.size).toBeLessThan(CALLS)
        const call = wanted[3] ?? 0
        expect(await told(reader, idOf(call))).toMatchObject([
          {
            id: idOf(call),
            startedAt: at(call),
            endedAt: at(call) + 13_000,
            talkSeconds: 10,
            responsible: '101',
            evidence: 'cel',
          },
        ])
      }
      expect(records.scans).toEqual([])
      expect(records.queries.length).toBeLessThan(400)
    })
  },
)

describe('given a FreePBX table', () => {
  beforeAll(() => makeTable(records, 'freepbx'))

  test('when a transfer moved a channel to another linkedid, then both are one group', async () => {
    const reader = createCelReader(records.database, tables)
    await records.writer.query('INSERT INTO cel (eventtype, eventtime, channame, uniqueid, linkedid) VALUES ?', [
      [['BRIDGE_ENTER', wall(at(10) + 14_000), 'PJSIP/101-9', legOf(9), idOf(10)]],
    ])
    const groups = await reader.groupsOf({ linkedids: [idOf(9)] })
    expect(groups.map((group) => [...group.linkedids])).toEqual([[idOf(9), idOf(10)]])
    expect(await reader.groupsOf({ uniqueids: [legOf(20)] })).toMatchObject([{ linkedids: new Set([idOf(20)]) }])
    const two = await reader.groupsOf({ linkedids: [idOf(30), idOf(31)] })
    expect(two).toHaveLength(2)
  })

  test('when the last row before an instant is asked for, then it is that one', async () => {
    const reader = createCelReader(records.database, tables)
    expect(await reader.newestBefore(at(100))).toBe(at(99) + 13_000)
    expect(await reader.newestBefore(FIRST - 1)).toBeUndefined()
  })

  test('when a group has no id with an epoch, then its rows are read in the zone of the rows around', async () => {
    await records.writer.query('INSERT INTO cel (eventtype, eventtime, channame, uniqueid, linkedid) VALUES ?', [
      [['CHAN_START', wall(at(CALLS)), 'PJSIP/101-x', 'cw-click', 'cw-click']],
    ])
    const reader = createCelReader(records.database, tables)
    await linkedids(reader, at(CALLS - 5), at(CALLS))
    const [group] = await reader.groupsOf({ linkedids: ['cw-click'] })
    expect(decodeCel(group?.rows ?? [], { usualOffset: group?.usualOffset })).toMatchObject([{ at: at(CALLS) }])
  })

  test('when columns have other names, then the configuration names them', async () => {
    await makeTable(records, 'freepbx', true)
    const reader = createCelReader(records.database, { ...tables, columns: { cdr: {}, cel: names } })
    expect(await told(reader, idOf(5))).toMatchObject([{ id: idOf(5), client: '+79221532327', talkSeconds: 10 }])
    const unaware = createCelReader(records.database, tables)
    await expect(unaware.groupsOf({ linkedids: ['1.1'] })).rejects.toThrow(
      /no column eventtime, channame: add them to the table .* database\.columns/,
    )
  })

  test('when the index of linkedid is missing, then nothing is read and the cure is an SQL statement', async () => {
    await records.writer.query('ALTER TABLE cel DROP INDEX linkedid')
    const reader = createCelReader(records.database, { ...tables, columns: { cdr: {}, cel: names } })
    await expect(reader.groupsOf({ linkedids: ['1.1'] })).rejects.toThrow(/ALTER TABLE `cel` ADD INDEX \(`linkedid`\)/)
    await records.writer.query('ALTER TABLE `cel` ADD INDEX (`linkedid`)')
    expect(await reader.groupsOf({ linkedids: ['1.1'] })).toEqual([])
  })
})

describe('given a database in trouble', () => {
  const reader = (change: object, timing = {}) =>
    createCelReader(openDatabase({ ...records.address, ...change }, timing), tables)
  const asked = (change: object, timing = {}) => reader(change, timing).groupsOf({ linkedids: ['1.1'] })

  test('when nobody listens, the password is wrong, or the table is not there, then each is an error of its own with a cure', async () => {
    await expect(asked({ port: 1 })).rejects.toBeInstanceOf(DatabaseUnreachable)
    await expect(asked({ password: 'wrong' })).rejects.toBeInstanceOf(DatabaseRefused)
    await expect(asked({ name: 'nowhere' })).rejects.toThrow(/GRANT|database\.name/)
    const nothing = createCelReader(records.database, { ...tables, celTable: 'nothing' })
    await expect(nothing.groupsOf({ linkedids: ['1.1'] })).rejects.toBeInstanceOf(SchemaUnusable)
  })

  test('when it takes too long to answer, then the wait ends, and the server stops too', async () => {
    await using slow = openDatabase(records.address, { queryMs: 300 })
    const began = performance.now()
    await expect(slow.query('SELECT SLEEP(5)')).rejects.toBeInstanceOf(DatabaseUnreachable)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(await slow.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('when the other side takes connections and never says a word, then the wait ends too', async () => {
    const deaf = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(deaf, 'listening')
    const address = deaf.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(asked({ port }, { connectMs: 300 })).rejects.toBeInstanceOf(DatabaseUnreachable)
    deaf.close()
  })

  test('when the service ends while a query is under way, then nobody waits for it', async () => {
    await using database = openDatabase(records.address)
    const began = performance.now()
    const asking = database.query('SELECT SLEEP(5)')
    setTimeout(database.abandon, 300)
    await expect(asking).rejects.toBeInstanceOf(DatabaseUnreachable)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

describe('given a CDR table over the night the clocks go back', () => {
  beforeAll(async () => {
    await records.writer.query(`CREATE TABLE cdr (calldate datetime, src varchar(80), dst varchar(80), channel varchar(80),
      dstchannel varchar(80), duration int, billsec int, disposition varchar(45), uniqueid varchar(32), linkedid varchar(32),
      KEY calldate (calldate))`)
    const rows = Array.from({ length: CALLS }, (_, call) => [
      ...[
        wall(at(call)),
        '89221532327',
        '7001',
        `PJSIP/trunk-${call}`,
        `PJSIP/101-${call}`,
        13,
        10,
        'ANSWERED',
        idOf(call),
        idOf(call),
      ],
    ])
    await records.writer.query('INSERT INTO cdr VALUES ?; ANALYZE TABLE cdr', [rows])
  })

  test('when an hour is read, then every call that began in it is there at its instant, without a scan', async () => {
    records.scans.length = 0
    const reader = createCdrReader(records.database, tables)
    for (const from of [FIRST + HOUR, FIRST + 20 * HOUR]) {
      const rows = await reader.startedBetween(from, from + HOUR)
      expect(rows).toHaveLength(3_600 / EVERY + 1)
      expect(rows[0]).toMatchObject({ startedAt: from, disposition: 'ANSWERED', billableSeconds: 10 })
    }
    expect(records.scans).toEqual([])
  })
})
