import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dialplanCommand } from '../commands/dialplan.ts'
import { ariDropIn, dialplanDropIn, installDropIn, removeDropIn } from './drop-in.ts'
import { SettingError } from './setting-error.ts'

const snippet = '; Callweave: здесь\n[callweave-in]\nexten => s,1,Return()\n'
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-etc-'))
})

afterEach(() => rm(directory, { recursive: true }))

async function given(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries({ 'modules.conf': '[modules]\n', ...files }))
    await writeFile(join(directory, name), Buffer.from(text, 'latin1'))
}

async function contents(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).sort()
  const texts = names.map(async (name) => [name, await readFile(join(directory, name), 'latin1')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

const worlds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a PBX whose extensions.conf reads extensions_custom.conf': {
    'extensions.conf': '[general]\n#include extensions_custom.conf\n',
    'extensions_custom.conf': '[from-pstn-custom]\nexten => _X.,1,NoOp()',
  },
  'a PBX that would read extensions_custom.conf if it were there': {
    'extensions.conf': '[general]\n#tryinclude extensions_custom.conf\n',
  },
  'a plain PBX': { 'extensions.conf': '[general]\r\n[in]\r\nexten => _X.,1,NoOp()\r\n' },
  'a plain PBX with an extensions_custom.conf that nothing reads': {
    'extensions.conf': '[in]\nexten => _X.,1,NoOp(\xff)',
    'extensions_custom.conf': '[unfinished\n',
  },
}

test.each(Object.entries(worlds))(
  'given %s, when the snippet goes in and out again, then every file is as it was',
  async (_what, files) => {
    await given(files)
    const before = await contents()
    const changed = await installDropIn(directory, dialplanDropIn, snippet)
    expect(changed).toHaveLength(2)
    expect(await readFile(join(directory, 'extensions_callweave.conf'), 'utf8')).toBe(snippet)
    const during = Object.values(await contents()).join('')
    expect(during.match(/#include extensions_callweave\.conf/g)).toHaveLength(1)
    await removeDropIn(directory, dialplanDropIn)
    expect(await contents()).toEqual(before)
  },
)

test.each(Object.entries(worlds))(
  'given %s, when the snippet is installed again, then nothing is written',
  async (_what, files) => {
    await given(files)
    await installDropIn(directory, dialplanDropIn, snippet)
    const once = await contents()
    expect(await installDropIn(directory, dialplanDropIn, snippet)).toEqual([])
    expect(await contents()).toEqual(once)
  },
)

test('given extensions_custom.conf that nothing reads, when the snippet is installed, then that file stays unread', async () => {
  await given({ 'extensions.conf': '[in]\n', 'extensions_custom.conf': '[unfinished\n' })
  expect(await installDropIn(directory, dialplanDropIn, snippet)).toEqual([
    'extensions_callweave.conf',
    'extensions.conf',
  ])
})

test('given an older snippet, when a new one is installed, then only the snippet changes', async () => {
  await given({ 'extensions.conf': '[in]\n' })
  await installDropIn(directory, dialplanDropIn, snippet)
  expect(await installDropIn(directory, dialplanDropIn, `${snippet}; more\n`)).toEqual(['extensions_callweave.conf'])
})

test('given nothing installed, when it is removed, then nothing changes', async () => {
  await given({ 'extensions.conf': '[in]\n' })
  expect(await removeDropIn(directory, dialplanDropIn)).toEqual([])
})

test('given files with a mode of their own, when one is rewritten, then it keeps it, and the new one takes it over', async () => {
  await given({ 'extensions.conf': '[in]\n' })
  await chmod(join(directory, 'extensions.conf'), 0o640)
  await installDropIn(directory, dialplanDropIn, snippet)
  for (const name of ['extensions.conf', 'extensions_callweave.conf'])
    expect((await stat(join(directory, name))).mode & 0o777, name).toBe(0o640)
})

test('given a file that is a link, when our line goes in, then it still is one', async () => {
  await given({ 'extensions.conf': '[in]\n#include extensions_custom.conf\n', 'real.conf': '[a]\n' })
  await symlink('real.conf', join(directory, 'extensions_custom.conf'))
  await installDropIn(directory, dialplanDropIn, snippet)
  expect(await readFile(join(directory, 'real.conf'), 'latin1')).toContain('#include extensions_callweave.conf')
})

test('given a directory that is not Asterisk’s, when the snippet is installed, then it is refused with the cure', async () => {
  await expect(installDropIn(directory, dialplanDropIn, snippet)).rejects.toThrow(/--asterisk-dir/)
  expect(await contents()).toEqual({})
})

test('given a file of that name that is not ours, when we would write or remove it, then it is refused', async () => {
  await given({ 'extensions.conf': '[in]\n', 'extensions_callweave.conf': '[mine]\n' })
  const before = await contents()
  await expect(installDropIn(directory, dialplanDropIn, snippet)).rejects.toThrow(SettingError)
  await expect(removeDropIn(directory, dialplanDropIn)).rejects.toThrow(SettingError)
  expect(await contents()).toEqual(before)
})

test('given an include that an administrator wrote, when we would remove the snippet, then it is refused: Asterisk would load no dialplan', async () => {
  await given({ 'extensions.conf': '[in]\n#include extensions_callweave.conf\n' })
  await installDropIn(directory, dialplanDropIn, snippet)
  const before = await contents()
  await expect(removeDropIn(directory, dialplanDropIn)).rejects.toThrow(/take that line out first/)
  expect(await contents()).toEqual(before)
})

test('given ari.conf, when the user goes in and out again, then nobody else could read the password, and the file is as it was', async () => {
  await given({ 'ari.conf': '[general]\nenabled=yes' })
  await chmod(join(directory, 'ari.conf'), 0o644)
  const before = await contents()
  await installDropIn(directory, ariDropIn, '; Callweave: x\n[callweave]\npassword=secret\n')
  expect((await stat(join(directory, 'ari_callweave.conf'))).mode & 0o777).toBe(0o640)
  expect((await stat(join(directory, 'ari.conf'))).mode & 0o777).toBe(0o644)
  await removeDropIn(directory, ariDropIn)
  expect(await contents()).toEqual(before)
})

test('given the command, when it prints, installs and removes, then it says what it did', async () => {
  await given({ 'extensions.conf': '[in]\n' })
  const before = await contents()
  const run = async (...args: readonly string[]) => {
    const said = { out: '', err: '' }
    const io = {
      stdout: { write: (text: string) => (said.out += text) },
      stderr: { write: (text: string) => (said.err += text) },
      signal: new AbortController().signal,
    }
    return { code: await dialplanCommand([...args, '--asterisk-dir', directory], io), ...said }
  }
  expect(await run('--pbx', 'plain', '--print')).toMatchObject({
    code: 0,
    out: expect.stringContaining('[callweave-in]'),
  })
  expect(await run('--pbx', 'plain', '--install')).toMatchObject({
    code: 0,
    out: expect.stringContaining('dialplan reload'),
  })
  expect(await run('--pbx', 'plain', '--install')).toMatchObject({
    code: 0,
    out: expect.stringContaining('nothing to change'),
  })
  expect(await run('--pbx', 'plain', '--remove')).toMatchObject({ code: 0 })
  expect(await contents()).toEqual(before)
  expect(await run('--pbx', 'freepbx', '--install')).toMatchObject({
    code: 1,
    err: expect.stringContaining('--pbx-version 17'),
  })
  expect(await run('--pbx', 'kamailio')).toMatchObject({ code: 2 })
  expect(await run('--install', '--remove')).toMatchObject({ code: 2 })
  expect(await run('--config', join(directory, 'none.json'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('no such file'),
  })
})
