import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stage, setStage } from '../stage/stage.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function node(args: readonly string[], until?: (stdout: string) => boolean): Promise<Ended> {
  const child = spawn(process.execPath, [...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err]: [string[], string[]] = [[], []]
  let interrupted = false
  child.stdout.on('data', (data) => {
    out.push(String(data))
    if (interrupted || !until?.(out.join(''))) return
    interrupted = true
    // A terminal tells the whole group, and npm passes it on as well: a demo hears it more than once.
    child.kill('SIGINT')
    child.kill('SIGINT')
  })
  child.stderr.on('data', (data) => err.push(String(data)))
  await once(child, 'close')
  return { code: child.exitCode, stdout: out.join(''), stderr: err.join('') }
}

describe('given a PBX, a CRM and a configuration', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage({ asterisk: '22' })
    await stage.lab.trunk.call({ from: '+79210000009', did: '7006', giveUpAfterMs: 300 })
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  async function doctorOf(change: (config: Record<string, Record<string, unknown>>) => void): Promise<Ended> {
    const config = JSON.parse(await readFile(stage.configFile, 'utf8'))
    change(config)
    const file = `${stage.configFile}.changed`
    await writeFile(file, JSON.stringify(config))
    return node(['src/main.ts', 'doctor', '--config', file])
  }

  test('when the doctor looks at a PBX that is well, then it says so line by line', async () => {
    const { code, stdout, stderr } = await doctorOf(() => {})
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^ok +ARI +Asterisk 22\./m)
    expect(stdout).toMatch(/^ok +dialplan/m)
    expect(stdout).toMatch(/^ok +CDR and CEL +cdr is readable, newest row \d/m)
    expect(stdout).toMatch(/^ok +CDR and CEL +cel is readable, newest row \d/m)
    expect(stdout).toMatch(/^ok +amoCRM +account "Acme" \(acme\) takes the token/m)
    expect(stdout).toMatch(/^ok +people +3 people, all known to amoCRM/m)
    expect(stdout).toMatch(/^ok +ports/m)
    expect(stdout.match(/^ok +clock/gm)).toHaveLength(2)
    expect(stdout).not.toContain('FAILURE')
    expect(code).toBe(0)
  })

  test('when everything is wrong, then each line says what to do, no secret is told, and the answer is no', async () => {
    const { code, stdout } = await doctorOf((config) => {
      config['asterisk'] = {
        ...config['asterisk'],
        ari: { url: stage.lab.ari.url, user: 'callweave', password: 'a-wrong-secret' },
      }
      config['database'] = { ...config['database'], password: 'a-wrong-secret' }
      config['crm'] = { ...config['crm'], token: 'a-wrong-secret' }
    })
    expect(stdout).toMatch(/^FAILURE +ARI +Asterisk refuses the user callweave\n +→ \S/m)
    expect(stdout).toMatch(/^FAILURE +CDR and CEL +the database refuses callweave\n +→ set database\.user/m)
    expect(stdout).toMatch(/^FAILURE +amoCRM .*\n +→ make a new long-lived token/m)
    expect(stdout).toContain('3 things keep Callweave from working')
    expect(stdout).not.toContain('a-wrong-secret')
    expect(code).toBe(1)
  })

  test('when nothing listens where the configuration points, then the doctor says so within seconds', async () => {
    const { code, stdout } = await doctorOf((config) => {
      config['asterisk'] = {
        ...config['asterisk'],
        ari: { url: 'http://127.0.0.1:9', user: 'callweave', password: 'p' },
      }
      config['database'] = { ...config['database'], port: 9 }
      config['crm'] = { ...config['crm'], url: 'http://127.0.0.1:9' }
    })
    expect(stdout.match(/^FAILURE/gm)).toHaveLength(3)
    expect(stdout).toMatch(/cannot be reached/)
    expect(code).toBe(1)
  })

  test('when the service is started with wrong keys, then it lists them all and does not start', async () => {
    const file = `${stage.configFile}.wrong`
    await writeFile(
      file,
      JSON.stringify({ asterisk: { ari: { password: 'p', prot: 1 } }, crm: { url: 'acme', token: 'hidden-token' } }),
    )
    const { code, stdout, stderr } = await node(['src/main.ts', 'run', '--config', file])
    expect(stderr).toContain('2 wrong keys')
    expect(stderr).toContain('asterisk.ari.prot: unknown key')
    expect(stderr).toContain('crm.url: "acme" is not allowed')
    expect(stderr + stdout).not.toContain('hidden-token')
    expect(code).toBe(1)
  })

  test('when a second service is started on the same state, then it says who has it and ends', async () => {
    await using first = await stage.start()
    const { code, stderr } = await node(['src/main.ts', 'run', '--config', stage.configFile])
    expect(stderr).toMatch(/^callweave: .*(in use|another)/)
    expect(code).toBe(1)
    expect(first.pid).toBeGreaterThan(0)
  })
})

describe('given nothing but a checkout', () => {
  test('when the demo is run, then every step of every call is told', async () => {
    const { code, stdout, stderr } = await node(['test/demo/main.ts', '--once'])
    expect(stderr).toBe('')
    for (const step of [
      / call {3}\S+ calls 7001/,
      / route {2}rings 102 first/,
      / card {3}102 .*ringing.*Иван Петров/,
      / note {3}call note \d+ stands on contact \d+/,
    ]) {
      expect(stdout).toMatch(step)
    }
    expect(stdout).toMatch(/In the CRM now: 3 contacts, 4 call notes/)
    expect(code).toBe(0)
  })

  test('when the demo is interrupted in the middle of a call, then it ends in good order and leaves nothing behind', async () => {
    const { code, stdout } = await node(['test/demo/main.ts'], (told) => told.includes('102 rings and shows'))
    expect(stdout).toContain('ending …')
    expect(code).toBe(0)
    const mounts = await readFile('/proc/mounts', 'utf8')
    // Other tests mount small disks of their own meanwhile.
    expect(mounts).not.toMatch(/callweave-(lab|stage|demo)/)
  })
})
