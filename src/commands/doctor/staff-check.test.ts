import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkConfig } from '../../config/load.ts'
import { kept } from '../../staff/kept.ts'
import { openStore } from '../../store/sqlite/open-store.ts'
import { staffCheck } from './staff-check.ts'

async function look(state: Readonly<Record<string, unknown>> | undefined) {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-staff-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'callweave.db')
  if (state) {
    await using store = await openStore({ file, now: Date.now })
    for (const [name, value] of Object.entries(state)) await store.settings.set(name, JSON.stringify(value))
  }
  const config = checkConfig(
    {
      service: { directory },
      asterisk: { ari: { password: 'ari' } },
      crm: { url: 'https://acme.amocrm.ru', token: 'crm' },
      staff: { people: [{ extension: '101', user: 1 }, { extension: '102' }] },
    },
    'config.json',
  )
  return staffCheck(config)(AbortSignal.timeout(5_000))
}

test('given a service that has not run yet, when looked at, then there is nothing to say', async () => {
  expect(await look(undefined)).toEqual([])
})

test('given a table that contradicts the configuration, when looked at, then both are told, and which holds', async () => {
  const [conflict, ...others] = await look({
    [kept.table]: [
      { user: 1, extension: '555' },
      { user: 2, extension: '102' },
    ],
  })
  expect(others).toEqual([])
  expect(conflict).toMatchObject({
    level: 'warning',
    says: 'the widget gives user 1 the extension 555, the configuration 101; the configuration holds',
  })
})

test('given somebody nobody has listed who talks, when looked at, then with the count', async () => {
  const unlisted = [
    { extension: '555', calls: 7, firstAt: 1, lastAt: 2 },
    { extension: '101', calls: 3, firstAt: 1, lastAt: 2 },
  ]
  expect(await look({ [kept.unlisted]: unlisted })).toMatchObject([
    { level: 'warning', says: '555 has talked with clients in 7 calls and belongs to nobody' },
  ])
  expect(await look({})).toMatchObject([{ level: 'ok' }])
})
