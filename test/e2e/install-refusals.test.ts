import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileTree } from '../install/file-tree.ts'
import { runInstaller, shims } from '../install/installer.ts'
import { consoleScript, pbxTrees, plant } from '../install/pbx-trees.ts'

// The machines here are simulated: directory trees, and commands at the front of PATH that say what an old machine would say.

const answers = {
  CALLWEAVE_CRM_URL: 'acme.amocrm.ru',
  CALLWEAVE_CRM_TOKEN: 'a-token',
  CALLWEAVE_ADMIN_PASSWORD: 'a-good-password',
}
let directory: string
let root: string
let console16: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-install-'))
  root = join(directory, 'root')
  await plant(root, pbxTrees.Issabel)
  await shims(join(directory, 'console'), { asterisk: consoleScript('16.21.1', join(directory, 'reloads')) })
  console16 = join(directory, 'console/asterisk')
})

afterEach(() => rm(directory, { recursive: true }))

interface World {
  readonly commands?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What it refused with, one sentence a line, after making sure that it did refuse and touched nothing. */
async function refusals({ commands = {}, args = [], env = {} }: World): Promise<readonly string[]> {
  const before = await fileTree(root)
  const PATH = await shims(join(directory, 'shims'), commands)
  const { code, said } = await runInstaller(['--root', root, '--yes', ...args], {
    ...answers,
    CALLWEAVE_ASTERISK: console16,
    PATH,
    ...env,
  })
  expect(code, said).toBe(1)
  expect(await fileTree(root)).toEqual(before)
  const lines = said.trim().split('\n')
  expect(lines.at(-1)).toBe('callweave: nothing was changed.')
  return lines.slice(1, -1)
}

const worlds: Readonly<Record<string, readonly [World, RegExp]>> = {
  'a user who is not root': [{ commands: { id: 'echo 1000' } }, /^callweave: this needs root: run it with sudo$/],
  'the C library of CentOS 7': [
    { commands: { getconf: "echo 'glibc 2.17'" } },
    /^callweave: this system has glibc 2\.17 and Node\.js 24 needs 2\.28 or newer: install Callweave on a newer machine beside this PBX \(there: sh install\.sh --beside THIS-HOST --pbx issabel\): only dialplan, ARI user and database user come here$/,
  ],
  'a system without glibc': [
    { commands: { getconf: 'exit 1' } },
    /has no glibc, which Node\.js 24 needs: install Callweave on a newer machine/,
  ],
  'a 32-bit processor': [
    { commands: { uname: 'echo i686' } },
    /not made for this processor \(i686\): install Callweave on a newer machine/,
  ],
  'a full disk': [
    {
      commands: {
        df: 'printf "Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/sda1 9000000 8600000 400000 96%% /\\n"',
      },
    },
    /^callweave: \S+\/opt\/callweave has 390 MB free and needs 700: make room, or mount a larger disk there$/,
  ],
  'Asterisk that does not run': [
    { env: { CALLWEAVE_ASTERISK: 'false' } },
    /^callweave: Asterisk does not run: start it, then run this again$/,
  ],
  'a program below node_modules': [
    { args: ['--prefix', '/opt/node_modules/callweave'] },
    /Node\.js runs no TypeScript below node_modules; choose another$/,
  ],
  'an archive that is not there': [
    { args: ['--archive', '/nowhere.tgz'] },
    /^callweave: --archive \/nowhere\.tgz: no such file$/,
  ],
  'no answer to what only a person can tell': [
    { env: { CALLWEAVE_CRM_TOKEN: '' } },
    /^callweave: without a terminal, and with --yes, the variable CALLWEAVE_CRM_TOKEN must hold the answer; see --help$/,
  ],
  'FreePBX elsewhere whose version nobody said': [
    { args: ['--beside', '192.0.2.1', '--pbx', 'freepbx'] },
    /^callweave: CALLWEAVE_PBX_VERSION must hold the version of FreePBX at 192\.0\.2\.1, like 16: its dialplan depends on it$/,
  ],
}

describe('given an Issabel that cannot take it', () => {
  test.each(Object.entries(worlds))(
    'when there is %s, then one sentence says so, with the cure, and nothing was changed',
    async (_what, [world, sentence]) => {
      const said = await refusals(world)
      expect(said).toHaveLength(1)
      expect(said[0]).toMatch(sentence)
    },
  )

  test('when Asterisk is 13, then it says so before anything else is wrong with it', async () => {
    await shims(join(directory, 'console'), { asterisk: consoleScript('13.38.3', join(directory, 'reloads')) })
    expect(await refusals({})).toEqual([
      'callweave: Asterisk 13 is too old, Callweave needs 16 or newer, also when it runs beside the PBX: update Asterisk first',
    ])
  })

  test('when its port is taken, then it says so, and with another port it would go on', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = server.address()
      const port = String(typeof address === 'object' && address !== null ? address.port : 0)
      expect(await refusals({ args: ['--port', port] })).toEqual([
        `callweave: port ${port} is taken by another program: stop it, or choose another port with --port`,
      ])
    } finally {
      server.close()
    }
  })

  test('when several things are wrong, then it tells them all at once', async () => {
    const said = await refusals({
      commands: { id: 'echo 1000', getconf: "echo 'glibc 2.17'" },
      env: { CALLWEAVE_CRM_URL: '' },
    })
    expect(said).toHaveLength(3)
  })

  test('when something that is not ours stands at the prefix, then it is left alone', async () => {
    await mkdir(join(root, 'opt/callweave'), { recursive: true })
    await writeFile(join(root, 'opt/callweave/precious'), 'data')
    expect(await refusals({})).toEqual([
      'callweave: /opt/callweave is there and was not made by this installer: move it away, or choose another with --prefix',
    ])
  })
})

describe('given a machine', () => {
  test.each(['FreePBX', 'Issabel'] as const)(
    'when it is a %s, then it is found, and a dry run tells the steps and changes nothing',
    async (name) => {
      await rm(root, { recursive: true })
      await plant(root, pbxTrees[name])
      const before = await fileTree(root)
      const { code, said } = await runInstaller(['--root', root, '--dry-run', '--yes'], {
        ...answers,
        CALLWEAVE_ASTERISK: console16,
      })
      expect(said).toMatch(new RegExp(`^callweave: found: ${name}\n`))
      expect(said).toContain('would do: join dialplan\n')
      expect(code).toBe(0)
      expect(await fileTree(root)).toEqual(before)
    },
  )

  test('when there is no PBX on it, then it asks where the PBX is', async () => {
    await rm(root, { recursive: true })
    await mkdir(join(root, 'etc'), { recursive: true })
    const { code, said } = await runInstaller(['--root', root, '--yes'], answers)
    expect(said).toContain('callweave: there is no Asterisk on this machine: name the PBX with --beside HOST\n')
    expect(code).toBe(1)
  })

  test.each([['--prefx', '/opt'], ['--pbx'], ['--pbx', 'elastix'], ['--prefix', '/opt/a b'], ['--port', 'http']])(
    'when the options are %s %s, then it says what is wrong with them',
    async (...args) => {
      const { code, said } = await runInstaller(args.filter((one) => one !== undefined))
      expect(said).toMatch(/^callweave: .*(--help|freepbx, issabel and plain|letters, digits|a number)/)
      expect(code).toBe(1)
    },
  )

  test('when help is wanted, then every option is told', async () => {
    const { code, said } = await runInstaller(['--help'])
    for (const option of ['--pbx', '--beside', '--archive', '--yes', '--dry-run', '--uninstall', '--purge', '--root'])
      expect(said).toContain(`  ${option} `)
    expect(code).toBe(0)
  })
})
