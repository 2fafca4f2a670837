import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startFakeAri } from '../../fake-ari/fake-ari.ts'
import { startServiceProcess } from '../../stage/service-process.ts'
import { freePort } from '../../stage/stage.ts'
import { asUnit } from '../as-unit.ts'
import type { Measurement } from '../measurement.ts'
import { cpuMicros, residentMb } from '../process-usage.ts'

const REQUESTS_PER_SECOND = 6
const PAGE = 250
const program = fileURLToPath(new URL('../witnesses/crowded-crm.ts', import.meta.url))

/** The first hour of an installation: an index without anybody, an account full of contacts. */
export const firstFill: Measurement = {
  name: 'first-fill',
  title: 'first fill of 100 000 contacts',
  async run({ quick, say, directory, signal }) {
    const [contacts, companies, leads] = quick ? [3_000, 100, 100] : [100_000, 2_000, 2_000]
    const folder = await directory()
    const crm = fork(program, [contacts, companies, leads].map(String), { execArgv: [] })
    try {
      const { url, token } = await heard<{ url: string; token: string }>(crm)
      await using ari = await startFakeAri()
      const port = await freePort(0)
      const state = join(folder, 'state')
      const configFile = await configOf({ folder, state, port, ari: ari.url, crm: { url, token } })
      await withCompiledCode(configFile, port, state)
      const asked = await counted(crm)
      const began = performance.now()
      await using service = asUnit(state, '', () => startServiceProcess({ configFile, port }))
      await service.waitReady(20_000)
      const start = await residentMb(service.pid)
      let most = 0
      let seconds = 0
      for (let done = false; !done; ) {
        signal.throwIfAborted()
        await sleep(quick ? 50 : 250)
        most = Math.max(most, await residentMb(service.pid))
        const filled = (await service.status('contactIndex.complete')) === true
        if (filled && seconds === 0) seconds = (performance.now() - began) / 1000
        done = filled && (await service.status('contactIndex.leads.complete')) === true
        if (performance.now() - began > 600_000) throw new Error(JSON.stringify(await service.status('contactIndex')))
      }
      const whole = (performance.now() - began) / 1000
      const clients = Number(await service.status('contactIndex.clients'))
      const told = service.log.filter(({ msg }) => msg.startsWith('the first fill'))
      say(told.map((line) => `${line['what']} ${line['read']} of ${line['about'] ?? '?'}`).join(', '))
      const cpu = (await cpuMicros(service.pid)) / 1e6
      const { requests, refused } = await counted(crm)
      const pages = [contacts, companies, leads]
        .map((count) => Math.ceil(count / PAGE))
        .reduce((sum, some) => sum + some)
      return {
        figures: [
          {
            what: `process start to a complete index of ${contacts} contacts and ${companies} companies`,
            unit: 's',
            ours: seconds,
            baseline: {
              what: `${pages} full pages, those of ${leads} leads among them, at ${REQUESTS_PER_SECOND} requests/s`,
              value: pages / REQUESTS_PER_SECOND,
            },
            target: { of: 'ratio', most: 1.3 },
          },
          {
            what: 'resident memory, the most seen meanwhile',
            unit: 'MB',
            ours: most,
            target: { of: 'ours', most: 180 },
          },
        ],
        notes: [
          `${clients} clients indexed; ${requests - asked.requests} requests, ${refused} refused, open leads complete after ${whole.toFixed(1)} s; CPU ${cpu.toFixed(1)} s; ${start.toFixed(0)} MB right after the start. The CRM emulator stands in a process of its own, takes 7 requests a second and answers after 150 ms and 3 ms an item. A fifth of the contacts was imported within a quarter of an hour, every third changed later.`,
        ],
      }
    } finally {
      crm.disconnect()
      await once(crm, 'exit')
    }
  },
}

interface ConfigParts {
  readonly folder: string
  readonly state: string
  readonly port: number
  readonly ari: string
  readonly crm: { readonly url: string; readonly token: string }
}

/** Every start but the very first finds its code compiled. What it read of the CRM is forgotten. */
async function withCompiledCode(configFile: string, port: number, state: string): Promise<void> {
  {
    await using service = asUnit(state, '', () => startServiceProcess({ configFile, port }))
    await service.waitReady(20_000)
    await service.waitForLog(({ msg }) => msg === 'the first fill is under way', 60_000)
    await service.stop()
  }
  for (const name of await readdir(state)) if (name.startsWith('callweave.db')) await rm(join(state, name))
}

async function configOf({ folder, state, port, ari, crm }: ConfigParts): Promise<string> {
  await mkdir(state)
  const configFile = join(folder, 'config.json')
  const config = {
    service: { mode: 'on', directory: state },
    webserver: { host: '127.0.0.1', port },
    asterisk: { ari: { url: ari, password: 'secret' } },
    crm,
  }
  await writeFile(configFile, JSON.stringify(config))
  return configFile
}

async function counted(crm: ChildProcess): Promise<{ readonly requests: number; readonly refused: number }> {
  crm.send('count')
  return await heard(crm)
}

async function heard<T>(child: ChildProcess): Promise<T> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('the CRM emulator ended'))),
  ])
  return message
}
