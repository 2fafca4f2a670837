import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { followConfig } from './config-follower.ts'

const base = { asterisk: { ari: { password: 'ari' } }, crm: { url: 'https://acme.amocrm.ru', token: 'crm' } }

async function following() {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-config-'))
  const file = join(directory, 'config.json')
  const save = (change: object) => writeFile(file, JSON.stringify({ ...base, ...change }))
  await save({})
  const held: Config[] = []
  const reread = () => loadConfig(file)
  const follower = followConfig({
    ...{ file, reread, started: reread(), now: () => 5, lookMs: 20, log: pino({ level: 'silent' }) },
    apply: (config) => held.push(config),
  })
  onTestFinished(async () => {
    follower[Symbol.dispose]()
    await rm(directory, { recursive: true, force: true })
  })
  const until = async (isSo: () => boolean) => {
    for (let tries = 0; !isSo() && tries < 200; tries++) await sleep(10)
    expect(isSo()).toBe(true)
  }
  return { file, save, held, follower, until }
}

test('given a running service, when its file names other lines, then they hold at once', async () => {
  const { save, held, follower, until } = await following()
  await save({ lines: [{ did: '7001' }] })
  await until(() => held.length === 1)
  expect(held[0]?.lines).toMatchObject([{ did: '7001' }])
  expect(follower.status()).toMatchObject({ trouble: undefined, needRestart: [], needDialplan: true })
})

test('given a file that cannot be used, when it is mended, then the trouble is told meanwhile and the old holds', async () => {
  const { file, save, held, follower, until } = await following()
  await writeFile(file, '{ "lines": [,] }')
  await until(() => follower.status().trouble !== undefined)
  await save({ lines: [{ did: '' }] })
  await until(() => /lines\.0\.did/.test(follower.status().trouble ?? ''))
  expect(held).toEqual([])
  await save({ lines: [{ did: '7001' }] })
  await until(() => held.length === 1)
  expect(follower.status().trouble).toBeUndefined()
})

test('given a change that waits for the next start, when it is taken back, then nothing waits any more', async () => {
  const { save, held, follower, until } = await following()
  await save({ numbers: { country: 'KZ' } })
  await until(() => follower.status().needRestart.length === 1)
  await save({})
  await until(() => follower.status().needRestart.length === 0)
  expect(held).toEqual([])
})
