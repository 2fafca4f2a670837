import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../amocrm-sandbox/sandbox.ts'
import { type FileTree, fileTree } from '../install/file-tree.ts'
import { installScript, makeArchive } from '../install/installer.ts'
import { type Ended, type PbxMachine, pbxMachine } from '../install/pbx-machine.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { eventually } from '../stage/stage.ts'

/** Written by useradd beside its work, and by Asterisk while it lives. */
const NOT_OURS = [
  'etc/passwd-',
  'etc/group-',
  'etc/shadow-',
  'etc/gshadow-',
  'etc/subuid-',
  'etc/subgid-',
  'etc/.pwd.lock',
  'run',
  'tmp',
  'var/log',
  'var/spool',
  'var/lib/asterisk',
  'lab',
]
const PORT = 18_077

let directory: string
let archive: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-archive-'))
  archive = await makeArchive(directory)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** A PBX to log in to, with the two files that somebody carried there, and a CRM. */
async function setMachine(asterisk: '16' | '22') {
  await using parts = new AsyncDisposableStack()
  const sandbox: Sandbox = parts.use(await startSandbox())
  const lab: Lab = parts.use(await startLab({ asterisk }))
  const machine: PbxMachine = await pbxMachine(lab)
  await copyFile(archive, join(machine.root, 'tmp/callweave.tgz'))
  await copyFile(installScript, join(machine.root, 'tmp/install.sh'))
  const answers = {
    CALLWEAVE_CRM_URL: sandbox.url,
    CALLWEAVE_CRM_TOKEN: sandbox.token,
    CALLWEAVE_ADMIN_PASSWORD: 'a-secret-for-the-page',
    CALLWEAVE_DATABASE_HOST: lab.database.host,
    CALLWEAVE_DATABASE_PORT: String(lab.database.port),
    CALLWEAVE_DATABASE_USER: 'callweave-reader',
  }
  const install = (args = '', env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    machine.run(`sh /tmp/install.sh --archive /tmp/callweave.tgz --port ${PORT} ${args}`, { ...answers, ...env })
  const config = async () => JSON.parse(await readFile(join(machine.root, 'etc/callweave/config.json'), 'utf8'))
  const closing = parts.move()
  return { sandbox, lab, machine, install, config, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

type Machine = Awaited<ReturnType<typeof setMachine>>

async function ariStatus({ lab }: Machine, user: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const answer = await fetch(`${lab.ari.url}/ari/asterisk/info`, { headers: { authorization } })
  await answer.arrayBuffer()
  return answer.status
}

/** User numbers of a directory and everything below it. */
async function ownersOf(directory: string): Promise<ReadonlySet<number>> {
  const names = await readdir(directory, { recursive: true })
  return new Set(await Promise.all(['', ...names].map(async (name) => (await stat(join(directory, name))).uid)))
}

describe.each(['16', '22'] as const)(
  'given a machine with Asterisk %s, no network of packages, no systemd',
  (asterisk) => {
    let world: Machine
    let before: FileTree
    let installed: Ended
    const files = () => fileTree(world.machine.root, NOT_OURS)

    beforeAll(async () => {
      world = await setMachine(asterisk)
      before = await files()
    })
    afterAll(() => world?.[Symbol.asyncDispose]())

    test('when the installation is killed between a change and its reload, then the next one completes it', async () => {
      const killer = '/tmp/killer'
      await writeFile(
        join(world.machine.root, killer),
        '#!/bin/sh\ncase $2 in "dialplan reload") kill -9 $PPID ;; *) exec asterisk "$@" ;; esac\n',
        { mode: 0o755 },
      )
      const { said } = await world.install('', { CALLWEAVE_ASTERISK: killer })
      expect(said).toContain('callweave: ARI: put into /etc/asterisk')
      expect(said).not.toContain('Next:')
      expect(await world.lab.cli('dialplan show callweave-in')).toContain('no existence')
      installed = await world.install()
      expect(installed.code, installed.said).toBe(0)
      expect(installed.said).toContain('callweave: dialplan: ')
      expect(await world.lab.cli('dialplan show callweave-in')).toContain("'s' =>")
    })

    test('when it is installed, then the configuration is valid, its owner’s alone, and holds no password of the administrator', async () => {
      const file = join(world.machine.root, 'etc/callweave/config.json')
      const passwd = await readFile(join(world.machine.root, 'etc/passwd'), 'utf8')
      const uid = Number(/^callweave:x:(\d+):/m.exec(passwd)?.[1])
      expect(uid).toBeGreaterThan(0)
      const { mode, uid: owner } = await stat(file)
      expect([(mode & 0o777).toString(8), owner]).toEqual(['600', uid])
      expect(await world.machine.run('callweave config')).toMatchObject({ code: 0 })
      const config = await world.config()
      expect(config).toMatchObject({
        service: { mode: 'watch' },
        webserver: { port: PORT },
        crm: { url: world.sandbox.url },
      })
      expect(config.webserver.administrators).toEqual([
        {
          login: 'admin',
          passwordHash: expect.stringMatching(/^scrypt:16384:8:1:/),
          digest: { md5: expect.stringMatching(/^[0-9a-f]{32}$/), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        },
      ])
      expect(await readFile(file, 'utf8')).not.toContain('a-secret-for-the-page')
    })

    test('when it is installed, then ARI takes its user with the password that was made, and nobody else reads that', async () => {
      const { user, password } = (await world.config()).asterisk.ari
      // The lab has a "callweave" of its own: it must keep its password.
      expect(user).toBe('callweave-2')
      expect(await ariStatus(world, user, password)).toBe(200)
      expect(await ariStatus(world, user, 'another')).toBe(401)
      expect(await ariStatus(world, world.lab.ari.user, world.lab.ari.password)).toBe(200)
      expect((await stat(join(world.lab.etcAsterisk, 'ari_callweave.conf'))).mode & 0o007).toBe(0)
      expect(installed.said).not.toContain(password)
      expect(installed.said).not.toContain(world.sandbox.token)
    })

    test('when the line it told is obeyed, then a database user is there who may read and not write', async () => {
      expect(installed.said).toContain('Let the service read CDR and CEL:  callweave setup --sql | mysql -u root -p')
      const { said: sql } = await world.machine.run('callweave setup --sql')
      const { host, port } = world.lab.database
      await using root = await createConnection({ host, port, user: 'root', multipleStatements: true })
      await root.query(sql)
      expect(await world.machine.run('callweave setup --check-database')).toMatchObject({ code: 0 })
      const { user, password } = (await world.config()).database
      await using reader = await createConnection({ host, port, user, password, database: 'asteriskcdrdb' })
      await reader.query<RowDataPacket[]>('SELECT * FROM cel LIMIT 1')
      await expect(reader.query('DELETE FROM cel')).rejects.toThrow(/denied/)
      await expect(reader.query('SELECT * FROM mysql.user')).rejects.toThrow(/denied/)
    })

    test('when it is run again, then nothing changes, byte for byte, and it says so', async () => {
      const once = await files()
      const { code, said } = await world.install()
      expect(said).toContain('callweave: nothing to change: everything is as it should be\n')
      expect(said).toMatch(/^ok +ARI +Asterisk/m)
      expect(code).toBe(0)
      expect(await files()).toEqual(once)
    })

    test('when the service is started with the line it told, then it answers the question of a call, which goes on by the PBX’s own route', async () => {
      const line = /^ +(su -s \/bin\/sh callweave .*)$/m.exec(installed.said)?.[1] ?? ''
      const service = world.machine.start(`exec ${line}`)
      const exited = new Promise((resolve) => service.once('exit', resolve))
      const status = async (path: string) => (await fetch(`http://127.0.0.1:${PORT}/status?path=${path}`)).json()
      try {
        await eventually(
          async () => (await fetch(`http://127.0.0.1:${PORT}/readyz`).catch(() => undefined))?.status === 200,
          20_000,
          'not ready',
        )
        const call = world.lab.trunk.call({ from: '+79221532327', did: '7001', hangUp: 'caller', talkMs: 1_000 })
        await world.lab.phone('101').waitForRing(10_000)
        await world.lab.phone('101').accept()
        expect((await call)[0]?.answered).toBe(true)
        expect(await status('routing')).toMatchObject({ asked: 1, answered: 1 })
        expect(await status('version')).toEqual(expect.any(String))
        expect(await ownersOf(join(world.machine.root, 'var/lib/callweave'))).toEqual(
          new Set([(await stat(join(world.machine.root, 'etc/callweave/config.json'))).uid]),
        )
      } finally {
        service.kill('SIGTERM')
        await exited
      }
    })

    test('when it is uninstalled, then every file of the PBX is as it was, the user is gone, and only root reads what was kept', async () => {
      const { code, said } = await world.install('--uninstall')
      expect(said).toContain('callweave: kept: /etc/callweave and /var/lib/callweave')
      expect(code).toBe(0)
      const after = await files()
      const kept = Object.keys(after).filter((name) => !(name in before))
      expect(kept.filter((name) => !/^(etc|var\/lib)\/callweave/.test(name))).toEqual([])
      expect(kept).toContain('etc/callweave/config.json')
      expect(kept).toContain('var/lib/callweave/callweave.db')
      expect(after['etc/callweave/config.json']).toMatch(/^600 0:0 /)
      expect(Object.fromEntries(Object.entries(after).filter(([name]) => name in before))).toEqual(before)
      const { user, password } = (await world.config()).asterisk.ari
      expect(await ariStatus(world, user, password)).toBe(401)
      expect(await world.lab.cli('dialplan show callweave-in')).toContain('no existence')
    })

    test('when it is installed again and purged, then the old configuration was taken over, and the machine is as it was', async () => {
      const old = await world.config()
      expect(await world.install('', { CALLWEAVE_CRM_TOKEN: 'another' })).toMatchObject({ code: 0 })
      expect(await world.config()).toEqual(old)
      expect(await world.install('--uninstall --purge')).toMatchObject({ code: 0 })
      expect(await files()).toEqual(before)
      expect(await world.install('--uninstall --purge')).toMatchObject({ code: 0 })
      expect(await files()).toEqual(before)
    })

    test('when Asterisk’s HTTP server and ARI are off, as packages leave them, then they are opened, and off again afterwards', async () => {
      const http = join(world.lab.etcAsterisk, 'http.conf')
      const ari = join(world.lab.etcAsterisk, 'ari.conf')
      await writeFile(http, (await readFile(http, 'utf8')).replace('enabled=yes\n', ';enabled=yes\n'))
      await writeFile(ari, (await readFile(ari, 'utf8')).replace('enabled=yes', 'enabled=no'))
      for (const name of ['http', 'res_ari.so']) await world.lab.cli(`module reload ${name}`)
      const off = await files()
      const { said } = await world.install()
      expect(said).toMatch(/^ok +ARI +Asterisk/m)
      expect(await world.install('--uninstall --purge')).toMatchObject({ code: 0 })
      expect(await files()).toEqual(off)
      expect(await world.lab.cli('http show status')).toContain('Server Disabled')
      expect(await world.lab.cli('ari show status')).toMatch(/Enabled: +No/)
    })
  },
)
