import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { surveyHooks } from './survey.ts'
import { whyNotTrusted } from './trusted.ts'

let directory: string
const me = getuid?.() ?? 0
const owners = new Set([0, me])

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'callweave-hooks-')), 'hooks')
  await mkdir(directory, { mode: 0o755 })
})
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }))

const put = async (name: string, mode = 0o644) => {
  await writeFile(join(directory, name), 'export default () => undefined\n')
  await chmod(join(directory, name), mode)
}
const found = async () => {
  const { files, problems } = await surveyHooks(directory, owners)
  return { files: [...files.keys()], why: problems.map(({ why }) => why).join('\n') }
}

test('given no directory, when looked for, then there is nothing and no complaint', async () => {
  expect(await surveyHooks(join(directory, 'none'), owners)).toEqual({ files: new Map(), problems: [], stamp: '' })
})

test('given hooks, a helper and what an editor leaves, when looked for, then the hooks are found', async () => {
  for (const name of ['routing.ts', 'card.mjs', '_names.ts', 'tsconfig.json', '.routing.ts.swp', 'routing.ts~'])
    await put(name)
  expect(await found()).toEqual({ files: ['card', 'routing'], why: '' })
})

test('given a misspelt name and two files for one point, when looked for, then both are told', async () => {
  for (const name of ['leed-creation.ts', 'card.ts', 'card.js']) await put(name)
  const { files, why } = await found()
  expect(files).toEqual([])
  expect(why).toMatch(/leed-creation\.ts is no hook; hooks are called need-registration, /)
  expect(why).toMatch(/two files for card/)
})

test('given a hook that others may write, when looked for, then it alone is not run, with the cure', async () => {
  await put('card.ts', 0o666)
  await put('routing.ts')
  expect(await found()).toEqual({ files: ['routing'], why: expect.stringMatching(/chmod go-w .*card\.ts/) })
})

test('given a hook that is a link, when looked for, then it is not run', async () => {
  await put('_real.ts')
  await symlink(join(directory, '_real.ts'), join(directory, 'card.ts'))
  expect(await found()).toMatchObject({ files: [], why: expect.stringMatching(/card\.ts is a symbolic link/) })
})

test.each(['a helper', 'the directory', 'a directory above'])(
  'given %s that others may write, when looked for, then no hook is run',
  async (what) => {
    await put('card.ts')
    await put('_helper.ts', what === 'a helper' ? 0o666 : 0o644)
    if (what === 'the directory') await chmod(directory, 0o777)
    if (what === 'a directory above') await chmod(join(directory, '..'), 0o777)
    expect(await found()).toMatchObject({ files: [], why: expect.stringMatching(/others may write to .*chmod go-w/) })
  },
)

test('given a hook of another user, when looked at, then it is not run, with the cure', async () => {
  await put('card.ts')
  const hook = join(directory, 'card.ts')
  expect(await whyNotTrusted(hook, new Set([me + 1]))).toBe(
    `${hook} belongs to user ${me}, not to root or the service; chown root ${hook}`,
  )
  expect(await whyNotTrusted(hook, owners)).toBeUndefined()
})

test('given a hook, when it changes, then the stamp does', async () => {
  await put('card.ts')
  const { stamp } = await surveyHooks(directory, owners)
  await writeFile(join(directory, 'card.ts'), 'export default () => 1')
  expect((await surveyHooks(directory, owners)).stamp).not.toBe(stamp)
})
