import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isPassword } from '../../config/password-hash.ts'
import { digestSecret } from '../../http/digest.ts'
import { setupCommand } from '../setup.ts'
import { answersFrom } from './answers.ts'
import { completeFile } from './complete-file.ts'
import { setPassword } from './set-password.ts'

const env = {
  CALLWEAVE_CRM_URL: 'acme.amocrm.ru',
  CALLWEAVE_CRM_TOKEN: 'a-token',
  CALLWEAVE_ADMIN_PASSWORD: 'long-enough',
}
let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-setup-'))
  file = join(directory, 'config.json')
})
afterEach(() => rm(directory, { recursive: true }))

async function run(...args: readonly string[]) {
  const said = { out: '', err: '' }
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    signal: new AbortController().signal,
  }
  return { code: await setupCommand([...args, '--config', file], io), ...said }
}

test('given answers, when the configuration is completed, then it is written 0600 without a word of a secret; again, nothing changes', async () => {
  const said = await completeFile({ file, directory, env })
  expect(said).toContain('added service.mode, webserver.administrators')
  expect(said).not.toMatch(/a-token|long-enough/)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const once = await readFile(file, 'utf8')
  expect(await completeFile({ file, directory, env: { ...env, CALLWEAVE_CRM_TOKEN: 'other' } })).toContain(
    'nothing to change',
  )
  expect(await readFile(file, 'utf8')).toBe(once)
})

test('given an answer missing, when completed, then the key is named and nothing is written', async () => {
  await expect(completeFile({ file, directory, env: { CALLWEAVE_CRM_URL: 'acme.amocrm.ru' } })).rejects.toThrow(
    /crm\.token: missing/,
  )
  await expect(stat(file)).rejects.toThrow(/ENOENT/)
})

test('given a file that is no JSON, when completed, then it is left as it is', async () => {
  await writeFile(file, '{ "crm": ')
  await expect(completeFile({ file, directory, env })).rejects.toThrow(/left as it is/)
  expect(await readFile(file, 'utf8')).toBe('{ "crm": ')
})

test.each([
  ['acme.amocrm.ru', 'https://acme.amocrm.ru'],
  ['https://acme.kommo.com/leads/pipeline/1', 'https://acme.kommo.com'],
  [' https://acme.amocrm.ru ', 'https://acme.amocrm.ru'],
])('given "%s" as people copy it, when understood, then the account is %s', (typed, address) =>
  expect(answersFrom({ CALLWEAVE_CRM_URL: typed }).crmUrl).toBe(address),
)

test('given answers that cannot be used, when understood, then the variable is named and its value is not', () => {
  expect(() => answersFrom({ CALLWEAVE_ADMIN_PASSWORD: 'short' })).toThrow(/^CALLWEAVE_ADMIN_PASSWORD: at least 8/)
  expect(() => answersFrom({ CALLWEAVE_PORT: 'http' })).toThrow(/^CALLWEAVE_PORT: a port number/)
  expect(answersFrom({ CALLWEAVE_CRM_TOKEN: '  ' }).crmToken).toBeUndefined()
})

test('given nothing or a whole configuration, when asked for questions, then only what is missing is asked', async () => {
  expect((await run('--questions')).out.split('\n').map((line) => line.split(' ')[0])).toEqual([
    'CALLWEAVE_CRM_URL',
    'CALLWEAVE_CRM_TOKEN',
    'CALLWEAVE_ADMIN_LOGIN',
    'CALLWEAVE_ADMIN_PASSWORD',
    '',
  ])
  await completeFile({ file, directory, env })
  expect(await run('--questions')).toEqual({ code: 0, out: '', err: '' })
})

test('given a database, when SQL is asked for, then user and password stand in it as text, and only reading is granted', async () => {
  await completeFile({ file, directory, env: { ...env, CALLWEAVE_DATABASE_HOST: '127.0.0.1' } })
  const config = JSON.parse(await readFile(file, 'utf8'))
  config.database = { ...config.database, user: "o'brien", password: 'a\\b' }
  await writeFile(file, JSON.stringify(config))
  expect((await run('--sql', '--from', '10.0.0.5')).out).toBe(
    [
      String.raw`CREATE USER 'o\'brien'@'10.0.0.5' IDENTIFIED BY 'a\\b';`,
      String.raw`GRANT SELECT ON ${'`asteriskcdrdb`.`cdr`'} TO 'o\'brien'@'10.0.0.5';`,
      String.raw`GRANT SELECT ON ${'`asteriskcdrdb`.`cel`'} TO 'o\'brien'@'10.0.0.5';`,
      '',
    ].join('\n'),
  )
})

test('given no database, when SQL is asked for, then it says what is missing', async () => {
  await completeFile({ file, directory, env })
  expect(await run('--sql')).toMatchObject({ code: 1, err: expect.stringContaining('no section "database"') })
})

test('given a configuration, when the script for the PBX is made, then it holds every part and nothing unfilled', async () => {
  await completeFile({ file, directory, env: { ...env, CALLWEAVE_DATABASE_HOST: 'pbx' } })
  const { code, out } = await run('--on-the-pbx')
  expect(code).toBe(0)
  const { password } = JSON.parse(await readFile(file, 'utf8')).asterisk.ari
  for (const part of ['#!/bin/sh\n', `password=${password}\n`, '[callweave-in]\n', "TO 'callweave'@'%';\n"])
    expect(out).toContain(part)
  expect(out).not.toMatch(/\{\{\w+\}\}/)
})

test('given no action, when run, then usage is told', async () => {
  expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('usage: callweave setup ACTION') })
})

test('given a password for an administrator, when set, then both doors have it, others keep theirs, and nothing of it is shown', async () => {
  await completeFile({ file, directory, env })
  const administrators = async () => JSON.parse(await readFile(file, 'utf8')).webserver.administrators
  const [first] = await administrators()
  expect(first.digest).toEqual(digestSecret('admin', 'long-enough'))
  expect(await setPassword({ file, login: 'anna', password: 'of-my-own' })).toContain('added administrator anna')
  expect(await setPassword({ file, login: 'admin', password: 'a-new-one' })).not.toContain('a-new-one')
  const [admin, anna, ...more] = await administrators()
  expect(more).toEqual([])
  expect(admin.digest).toEqual(digestSecret('admin', 'a-new-one'))
  expect([isPassword('a-new-one', admin.passwordHash), isPassword('of-my-own', anna.passwordHash)]).toEqual([
    true,
    true,
  ])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('given a short password, a wrong login or no file, when set, then the file stays as it is', async () => {
  await expect(setPassword({ file, login: 'admin', password: 'long-enough' })).rejects.toThrow(/no such file/)
  await completeFile({ file, directory, env })
  const before = await readFile(file, 'utf8')
  await expect(setPassword({ file, login: 'admin', password: 'short' })).rejects.toThrow(/at least 8/)
  await expect(setPassword({ file, login: 'an admin', password: 'long-enough' })).rejects.toThrow(/login/)
  expect(await readFile(file, 'utf8')).toBe(before)
})
