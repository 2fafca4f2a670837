import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FileTree, fileTree } from '../install/file-tree.ts'
import { installScript, makeArchive, runInstaller, shims } from '../install/installer.ts'
import { type Ended, ended, type PbxMachine, pbxMachine } from '../install/pbx-machine.ts'
import { consoleScript, pbxTrees, plant } from '../install/pbx-trees.ts'
import { type Lab, startLab } from '../lab/lab.ts'

const PORT = '18078'
/** Written by useradd beside its work. */
const BACKUPS = ['passwd-', 'group-', 'shadow-', 'gshadow-', 'subuid', 'subgid', 'subuid-', 'subgid-', '.pwd.lock'].map(
  (name) => `etc/${name}`,
)
const answers = {
  CALLWEAVE_CRM_URL: 'acme.amocrm.ru/leads/',
  CALLWEAVE_CRM_TOKEN: 'a-token',
  CALLWEAVE_ADMIN_PASSWORD: 'a-good-password',
}
let directory: string
let archive: string
let host: Buffer

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-install-'))
  archive = await makeArchive(directory)
  host = await readFile('/etc/passwd')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** A tree that a PBX distribution could have, and a simulated console of its Asterisk. */
describe.each(['FreePBX', 'Issabel'] as const)('given the files of a %s', (name) => {
  const ariJoint = name === 'FreePBX' ? 'ari_additional_custom.conf' : 'ari.conf'
  let root: string
  let before: FileTree
  let installed: Ended
  let reloads: () => Promise<readonly string[]>
  let install: (...args: readonly string[]) => Promise<Ended>

  beforeAll(async () => {
    root = await mkdtemp(join(directory, 'root-'))
    await plant(root, pbxTrees[name])
    before = await fileTree(root)
    const log = `${root}.reloads`
    await writeFile(log, '')
    await shims(`${root}.console`, { asterisk: consoleScript('18.20.0', log) })
    reloads = async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1)
    const env = { ...answers, CALLWEAVE_ASTERISK: `${root}.console/asterisk`, CALLWEAVE_MYSQL: 'false' }
    const always = ['--root', root, '--archive', archive, '--port', PORT, '--prefix', '/srv/callweave', '--yes']
    install = (...args) => runInstaller([...always, ...args], env)
    installed = await install()
    expect(installed.code, installed.said).toBe(0)
  })
  const read = (file: string) => readFile(join(root, file), 'utf8')

  test('when it is installed, then only the administrators’ own files gain a line, and Asterisk reads two things anew', async () => {
    expect(JSON.parse(await read('etc/callweave/config.json'))).toMatchObject({
      asterisk: { flavour: name.toLowerCase(), ari: { url: 'http://127.0.0.1:8088', user: 'callweave' } },
      database: { host: '127.0.0.1' },
      crm: { url: 'https://acme.amocrm.ru' },
    })
    const after = Object.entries(await fileTree(join(root, 'etc/asterisk')))
    const changed = after.filter(([file, is]) => before[`etc/asterisk/${file}`] !== is).map(([file]) => file)
    expect(changed).toEqual(
      [ariJoint, 'ari_callweave.conf', 'extensions_callweave.conf', 'extensions_custom.conf'].sort(),
    )
    expect(await read('etc/asterisk/extensions_callweave.conf')).toContain('[callweave-route]')
    expect(await reloads()).toEqual(['module reload res_ari.so', 'dialplan reload'])
    expect(installed.said).toContain('Custom Destinations > Add')
  })

  test('when there is systemd, then its unit runs the service as its own user, shut in', async () => {
    const unit = await read('etc/systemd/system/callweave.service')
    expect(unit).not.toContain('@')
    for (const line of [
      'User=callweave',
      'ExecStart=/srv/callweave/bin/node /srv/callweave/src/main.ts run --config /etc/callweave/config.json',
      'Restart=always',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'StateDirectory=callweave',
      'Environment=NODE_ENV=production NODE_COMPILE_CACHE=/var/lib/callweave/compile-cache',
    ])
      expect(unit.split('\n')).toContain(line)
  })

  test('when it is run again, then nothing is reloaded; when a setting of the dialplan changed, then only the dialplan', async () => {
    const once = await fileTree(root)
    expect((await install()).said).toContain('nothing to change: everything is as it should be')
    expect(await fileTree(root)).toEqual(once)
    const config = JSON.parse(await read('etc/callweave/config.json'))
    config.service.decisionSeconds = 2
    await writeFile(join(root, 'etc/callweave/config.json'), JSON.stringify(config))
    expect((await install()).said).not.toContain('nothing to change: everything')
    expect(await reloads()).toEqual(['module reload res_ari.so', 'dialplan reload', 'dialplan reload'])
  })

  test('when it is uninstalled and purged, then the tree is as it was, and this machine never knew', async () => {
    expect(await read('etc/passwd')).toMatch(/^callweave:x:/m)
    const { code, said } = await install('--uninstall', '--purge')
    expect(code, said).toBe(0)
    const after = await fileTree(root)
    expect(Object.fromEntries(Object.entries(after).filter(([file]) => file in before))).toEqual(before)
    const left = Object.entries(after).filter(([file, is]) => !(file in before) && !is.endsWith('directory'))
    expect(left.map(([file]) => file).filter((file) => !BACKUPS.includes(file))).toEqual([])
    expect(await readFile('/etc/passwd')).toEqual(host)
  })
})

describe('given a lab', () => {
  let lab: Lab
  let machine: PbxMachine
  beforeAll(async () => {
    lab = await startLab({ asterisk: '16' })
    machine = await pbxMachine(lab)
  })
  afterAll(() => lab?.[Symbol.asyncDispose]())

  const database = () => ({
    CALLWEAVE_DATABASE_HOST: lab.database.host,
    CALLWEAVE_DATABASE_PORT: String(lab.database.port),
  })
  const mysql = () => `mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port=${lab.database.port} --user=root`
  const usersNamed = async (user: string) => {
    await using root = await createConnection({ host: '127.0.0.1', port: lab.database.port, user: 'root' })
    const [rows] = await root.query(`SELECT Host FROM mysql.user WHERE User = ? ORDER BY Host`, [user])
    return rows
  }

  test('when MariaDB lets root in, then the reading user is made, once, and dropped with the rest', async () => {
    const root = await mkdtemp(join(directory, 'root-'))
    await plant(root, pbxTrees.FreePBX)
    const env = { ...answers, ...database(), CALLWEAVE_DATABASE_USER: 'callweave-cdr', CALLWEAVE_MYSQL: mysql() }
    const install = (...args: readonly string[]) =>
      runInstaller(['--root', root, '--archive', archive, '--port', PORT, ...args], env)
    const first = await install()
    expect(first.said).toContain('callweave: a database user who may only read CDR and CEL is there\n')
    expect(await usersNamed('callweave-cdr')).toEqual([{ Host: '127.0.0.1' }, { Host: 'localhost' }])
    expect((await install()).said).toContain('nothing to change: everything is as it should be')
    expect((await install('--uninstall')).code).toBe(0)
    expect(await usersNamed('callweave-cdr')).toEqual([])
  })

  test('when there is systemd (here one that only writes down what it was told), then the service is restarted only when something changed', async () => {
    await mkdir(join(machine.root, 'run/systemd/system'), { recursive: true })
    await shims(join(machine.root, 'usr/local/bin'), { systemctl: 'echo "$*" >>/tmp/systemctl.log' })
    await copyFile(archive, join(machine.root, 'tmp/callweave.tgz'))
    await copyFile(installScript, join(machine.root, 'tmp/install.sh'))
    const told = async () => {
      const lines = (await readFile(join(machine.root, 'tmp/systemctl.log'), 'utf8')).trim().split('\n')
      await rm(join(machine.root, 'tmp/systemctl.log'))
      return lines
    }
    const install = (args = '') =>
      machine.run(`sh /tmp/install.sh --archive /tmp/callweave.tgz --port ${PORT} ${args}`, answers)
    expect(await install()).toMatchObject({
      code: 0,
      said: expect.stringContaining('callweave: the service is started\n'),
    })
    expect(await told()).toEqual(['daemon-reload', '--quiet enable callweave', 'restart callweave'])
    expect(await install()).toMatchObject({ said: expect.stringContaining('nothing to change: everything') })
    expect(await told()).toEqual(['--quiet is-active callweave'])
    expect(await install('--uninstall --purge')).toMatchObject({ code: 0 })
    expect(await told()).toEqual(['--quiet disable --now callweave', 'daemon-reload'])
    await rm(join(machine.root, 'run/systemd'), { recursive: true })
  })

  test('when it is installed beside the PBX, then the script for the PBX joins it, changes nothing the second time, and takes everything out again', async () => {
    // Two ways to end a file that an appended line must survive.
    await writeFile(join(lab.etcAsterisk, 'extensions_custom.conf'), '[mine]\nexten => s,1,NoOp(no line end)')
    await writeFile(join(lab.etcAsterisk, 'ari_additional_custom.conf'), '; windows\r\n')
    const before = await fileTree(lab.etcAsterisk)
    const root = await mkdtemp(join(directory, 'beside-'))
    await plant(root, {
      'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
      'etc/group': 'root:x:0:\n',
      'etc/shadow': 'root:*:19000::::::\n',
      'etc/gshadow': 'root:::\n',
      'etc/login.defs': '',
    })
    const env = { ...answers, CALLWEAVE_ARI_URL: lab.ari.url, CALLWEAVE_ARI_USER: 'callweave-beside' }
    const beside = await runInstaller(
      ['--root', root, '--archive', archive, '--port', PORT, '--beside', '192.0.2.1', '--pbx', 'plain'],
      env,
    )
    expect(beside.code, beside.said).toBe(0)
    expect(beside.said).toContain('scp /etc/callweave/on-the-pbx.sh root@192.0.2.1:')
    await copyFile(join(root, 'etc/callweave/on-the-pbx.sh'), join(machine.root, 'tmp/on-the-pbx.sh'))
    const config = JSON.parse(await readFile(join(root, 'etc/callweave/config.json'), 'utf8'))
    const ari = async () => {
      const authorization = `Basic ${Buffer.from(`callweave-beside:${config.asterisk.ari.password}`).toString('base64')}`
      return (await fetch(`${lab.ari.url}/ari/asterisk/info`, { headers: { authorization } })).status
    }

    const first = await machine.run('sh /tmp/on-the-pbx.sh')
    expect(first.code, first.said).toBe(0)
    expect(first.said).toMatch(/ARI listens on 127\.0\.0\.1:\d+ only: set bindaddr/)
    expect(first.said).not.toContain(config.asterisk.ari.password)
    expect(await ari()).toBe(200)
    expect(await lab.cli('dialplan show callweave-in')).toContain("'s' =>")
    const once = await fileTree(lab.etcAsterisk)
    expect(once['ari_callweave.conf']).toMatch(/^640 /)

    expect((await machine.run('sh /tmp/on-the-pbx.sh')).said.match(/nothing to change/g)).toHaveLength(2)
    expect(await fileTree(lab.etcAsterisk)).toEqual(once)

    expect(await machine.run('sh /tmp/on-the-pbx.sh --uninstall')).toMatchObject({ code: 0 })
    expect(await fileTree(lab.etcAsterisk)).toEqual(before)
    expect(await ari()).toBe(401)
    expect(await machine.run('sh /tmp/on-the-pbx.sh --uninstall')).toMatchObject({ code: 0 })
    expect(await fileTree(lab.etcAsterisk)).toEqual(before)
  })

  test('when the script for the PBX meets Asterisk 13, then it says so and changes nothing', async () => {
    const before = await fileTree(lab.etcAsterisk)
    await shims(join(machine.root, 'usr/local/bin'), { asterisk: consoleScript('13.38.3', '/tmp/reloads') })
    expect(await ended(machine.start('sh /tmp/on-the-pbx.sh'))).toEqual({
      code: 1,
      said: 'callweave: Asterisk 13 is too old for Callweave: update it to 16 or newer\n',
    })
    expect(await fileTree(lab.etcAsterisk)).toEqual(before)
  })
})
