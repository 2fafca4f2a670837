import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LedgerDay, ledgerDay } from '../../src/reconciliation/ledger.ts'
import { openStoreForReading } from '../../src/store/sqlite/open-for-reading.ts'
import type { Extension } from '../lab/ports.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'

const RING_MS = 10_000
const PASS_MS = 40_000
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const run = promisify(execFile)

describe.each([
  ['22', 'fractions'],
  ['16', 'freepbx'],
] as const)(
  'given Asterisk %s with CEL in %s, whose records are held against the CRM every few seconds',
  (asterisk, cel) => {
    const parts = new AsyncDisposableStack()
    let stage: Stage
    let service: ServiceProcess

    beforeAll(async () => {
      stage = parts.use(
        await setStage({
          ...{ asterisk, cel, timeZone: 'MSK-3', impatient: true },
          config: { database: { nightly: '*/3 * * * * *' } },
        }),
      )
      await stage.lab.trunk.answerWith('answer')
      service = await stage.start()
    })
    afterAll(() => parts.disposeAsync())

    const notesOf = (number: string) => stage.sandbox.callNotes().filter((note) => note.phone === number)
    const noteOf = (number: string) => {
      const [note, ...more] = notesOf(number)
      if (!note || more.length > 0) throw new Error(`${number} has ${notesOf(number).length} notes`)
      return note
    }

    /** Everybody calls a client of their own at once, talks two seconds and hangs up. */
    async function talkTo(...numbers: readonly string[]): Promise<void> {
      const phones = (['101', '102', '103'] satisfies readonly Extension[]).map((extension) =>
        stage.lab.phone(extension),
      )
      await Promise.all(
        numbers.map(async (number, at) => {
          const phone = phones[at]
          if (!phone) throw new Error('more clients than phones')
          await phone.dial(number)
          await phone.waitForTalk(RING_MS)
          await sleep(2_000)
          await phone.hangup()
        }),
      )
    }

    const missed = (number: string) => stage.lab.trunk.call({ from: number, did: '7999' }).catch(() => [])

    async function ledger(...options: readonly string[]) {
      const args = [main, 'ledger', ...options, '--config', stage.configFile]
      const told = await run(process.execPath, args, { env: { ...process.env, TZ: 'UTC' } }).catch(
        (error: { readonly stdout: string; readonly stderr: string; readonly code: number }) => error,
      )
      return { text: told.stdout, code: 'code' in told ? told.code : 0 }
    }

    /** As the command reads it, without a process each time. */
    async function today(): Promise<LedgerDay> {
      using store = openStoreForReading(join(dirname(stage.configFile), 'state', 'callweave.db'))
      return ledgerDay('today', await store.ledger.startedBetween('stage', 0, Date.now()), [])
    }

    /** The calls of the ledger that a person should look at, by the number called. */
    async function found(number: string, finding: string, why: string): Promise<void> {
      const id = callIds.get(number)
      const isSo = async () =>
        (await today()).notable.some((call) => call.id === id && call.finding === finding && call.why === why)
      await eventually(isSo, PASS_MS, `${number} is not ${finding} (${why})`).catch(async (error: unknown) => {
        const passes = JSON.stringify(await service.status('reconciliation.passes'))
        throw new Error(`${String(error)} in\n${(await ledger('--lang', 'en')).text}${passes}`)
      })
    }

    const callIds = new Map<string, string>()
    const remember = (...numbers: readonly string[]): void => {
      for (const number of numbers) callIds.set(number, String(noteOf(number).uniq).replace('stage/', ''))
    }

    /** The state of the stopped service. */
    function forgetInJournal(number: string): void {
      using db = new DatabaseSync(join(dirname(stage.configFile), 'state', 'callweave.db'))
      const id = callIds.get(number) ?? ''
      db.exec('PRAGMA foreign_keys = ON')
      expect(db.prepare('DELETE FROM calls WHERE id = ?').run(id).changes).toBe(1)
      db.prepare('DELETE FROM jobs WHERE key LIKE ?').run(`stage/${id}:%`)
      // Not even the time in which the service was away reaches back to it: only the nightly comparison does.
      db.prepare("UPDATE settings SET value = json_set(value, '$.until', ?) WHERE name = 'watched-until'").run(
        Date.now(),
      )
    }

    async function inCrm(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<void> {
      const answer = await fetch(`${stage.sandbox.url}/api/v4/${path}`, {
        method,
        headers: { authorization: `Bearer ${stage.sandbox.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(answer.ok, await answer.text()).toBe(true)
    }

    const wiped = '+79031000001'
    const wipedTwice = '+79031000002'
    const changed = '+79031000003'
    const deleted = '+79031000004'
    const doubled = '+79031000005'
    const whileAway = '+79031000006'
    const ofAnother = '+79031000007'

    test('when calls were made while the service was away, then each is registered once, and what another connector wrote is adopted', async () => {
      await talkTo(wiped, wipedTwice, changed)
      await talkTo(deleted, doubled)
      await stage.settled(PASS_MS)
      remember(wiped, wipedTwice, changed, deleted, doubled)
      await service.stop()
      const start = Math.round(Date.now() / 1000)
      await talkTo(whileAway, ofAnother)
      const contact = stage.sandbox.addContact({ name: 'Client of another connector', phones: [ofAnother] })
      await inCrm('POST', 'contacts/notes', [
        {
          ...{ entity_id: contact, note_type: 'call_out', created_at: start },
          params: { uniq: 'other-1', duration: 2, source: 'other', phone: ofAnother, call_status: 4 },
        },
      ])
      service = await stage.start()
      await eventually(() => notesOf(whileAway).length > 0, PASS_MS, 'the call made meanwhile was not registered')
      await stage.settled(PASS_MS)
      await eventually(
        async () => (await today()).all.adopted === 1,
        PASS_MS,
        'the other connector’s note was not adopted',
      )
      expect(notesOf(ofAnother)).toMatchObject([{ uniq: 'other-1', source: 'other' }])
      expect(notesOf(whileAway)).toMatchObject([{ direction: 'out', status: 4 }])
      remember(whileAway)
    })

    test('when the journal lost calls and people changed, deleted and doubled notes, then what is ours is mended and theirs is listed', async () => {
      await service.stop()
      for (const number of [wiped, wipedTwice]) forgetInJournal(number)
      stage.sandbox.deleteNote(noteOf(wipedTwice).id)
      stage.sandbox.deleteNote(noteOf(deleted).id)
      const wrong = noteOf(changed)
      const { params } = stage.sandbox.notes().find(({ id }) => id === wrong.id) ?? {}
      await inCrm('PATCH', `${wrong.entity.type}/notes`, [
        { id: wrong.id, entity_id: wrong.entity.id, note_type: 'call_out', params: { ...params, duration: 600 } },
      ])
      const twin = noteOf(doubled)
      const twins = stage.sandbox.notes().find(({ id }) => id === twin.id)?.params
      await inCrm('POST', `${twin.entity.type}/notes`, [
        { entity_id: twin.entity.id, note_type: 'call_out', created_at: twin.createdAt, params: twins },
      ])
      service = await stage.start()

      await found(changed, 'right', 'same')
      expect(noteOf(changed)).toMatchObject({ id: wrong.id, status: 4 })
      expect(Number(noteOf(changed).seconds)).toBeLessThan(5)
      await found(deleted, 'removed-by-people', 'gone')
      expect(notesOf(deleted)).toEqual([])
      await found(doubled, 'doubled', 'second-note')
      expect(notesOf(doubled)).toHaveLength(2)
      await found(wipedTwice, 'right', 'same')
      await found(wiped, 'right', 'same')
      expect(notesOf(wipedTwice)).toHaveLength(1)
      expect(notesOf(wiped)).toHaveLength(1)
    })

    test('when the day is added up, then every call of the PBX is in one of the numbers, and the text says so', async () => {
      await missed('+79031000008')
      await stage.lab.phone('101').dial('102')
      await stage.lab.phone('102').waitForRing(RING_MS)
      await stage.lab.phone('102').accept()
      await sleep(1_000)
      await stage.lab.phone('101').hangup()
      await stage.settled(PASS_MS)
      const complete = ({ all }: LedgerDay) => all.pbx === 9 && all.seenInCrm === 7 && all.notDue === 0
      await eventually(async () => complete(await today()), PASS_MS, 'the ledger does not know all calls')
      const { all } = await today()
      expect(all).toMatchObject({
        ...{ pbx: 9, crm: 7, seenInCrm: 7, leftOut: 1, causes: { internal: 1 }, removedByPeople: 1 },
        ...{ lost: 0, doubled: 1, adopted: 1 },
      })
      expect(all.crm + all.leftOut + all.removedByPeople + all.notDue + all.lost).toBe(all.pbx)
      const [told]: readonly LedgerDay[] = JSON.parse((await ledger('--json')).text)
      expect(told?.all).toEqual(all)
      const { text, code } = await ledger('--lang', 'en')
      expect(text).toContain('PBX 9 = CRM 7 + left out 1 (internal 1) + removed by people 1; lost 0, doubled 1')
      expect(code).toBe(1)
      expect((await ledger('--lang', 'ru')).text).toContain('АТС 9 = CRM 7 + не вносятся 1 (внутренний 1)')
      expect((await ledger('--day', '2020-01-01', '--json')).code).toBe(0)
      expect((await ledger('--day', 'yesterday')).code).toBe(2)
    })
  },
)

describe('given a PBX that writes CDR and no CEL', () => {
  const parts = new AsyncDisposableStack()
  afterAll(() => parts.disposeAsync())
  const run101 = '+79032000001'

  test('when calls were made while the service was away, then CDR tells them once, and that it was CDR is said', async () => {
    const stage = parts.use(await setStage({ asterisk: '22', cel: 'freepbx', timeZone: 'MSK-3', impatient: true }))
    const { host, port, user, password, database } = stage.lab.database
    const tables = await createConnection({ host, port, user, password, database })
    await tables.query('DROP TABLE cel')
    await tables.end()
    await stage.lab.trunk.answerWith('answer')
    let service = await stage.start()
    await service.stop()
    const phone = stage.lab.phone('101')
    await phone.dial(run101)
    await phone.waitForTalk(RING_MS)
    await sleep(2_500)
    await phone.hangup()
    const incoming = '+79032000002'
    const over = stage.lab.trunk.call({ from: incoming, did: '7001' })
    await phone.waitForRing(RING_MS)
    await phone.accept()
    await sleep(2_500)
    await phone.hangup()
    await over
    service = await stage.start()
    const notesOf = (number: string) => stage.sandbox.callNotes().filter((note) => note.phone === number)
    await eventually(
      () => notesOf(run101).length > 0 && notesOf(incoming).length > 0,
      PASS_MS,
      'the calls that only CDR has told were not registered',
    )
    await stage.settled(PASS_MS)
    // Several passes later.
    await sleep(5_000)
    expect(notesOf(run101)).toMatchObject([{ direction: 'out', status: 4, responsible: 7_000_001 }])
    expect(notesOf(incoming)).toMatchObject([{ direction: 'in', status: 4, responsible: 7_000_001 }])
    for (const number of [run101, incoming]) {
      expect(Math.abs(Number(notesOf(number)[0]?.seconds) - 2.5)).toBeLessThanOrEqual(2)
    }
    const id = String(notesOf(incoming)[0]?.uniq).replace('stage/', '')
    const { stdout } = await run(process.execPath, [main, 'explain', '--lang', 'en', '--config', stage.configFile, id])
    expect(stdout).toContain('Only CDR has told this call')
    await service.stop()
  })
})
