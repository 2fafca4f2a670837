import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Lab, startLab } from '../lab/lab.ts'
import { EXTENSIONS } from '../lab/ports.ts'
import { isAlive, type ProcessIdentity, parseIdentity } from '../lab/process-identity.ts'
import { cleanSlots } from '../lab/slot.ts'

const CLIENT = '79221532327'

describe.each(['22', '16'] as const)('the lab with Asterisk %s', (asterisk) => {
  test('given a started lab, then a call comes in, a call goes out, the database tells both and nothing stays behind', async () => {
    const left = await liveAndDie(asterisk)
    expect(left.processes.length).toBeGreaterThanOrEqual(7)
    for (const process of left.processes) expect(await isAlive(process)).toBe(false)
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(left.directory)
    const again = performance.now()
    await using lab = await startLab({ asterisk })
    console.info(`second start of Asterisk ${asterisk}: ${((performance.now() - again) / 1000).toFixed(1)} s`)
    expect(await registered(lab)).toEqual(EXTENSIONS)
  })
})

test('given a lab whose owner was killed, when slots are cleaned, then nothing of it is left and a lab starts', async () => {
  const processes = await killedLab()
  // Where somebody has taken the slot meanwhile, taking it has cleaned it.
  await cleanSlots()
  expect(processes.length).toBeGreaterThanOrEqual(7)
  for (const process of processes) expect(await isAlive(process)).toBe(false)
  await using lab = await startLab({ asterisk: '22' })
  expect(await registered(lab)).toEqual(EXTENSIONS)
})

async function killedLab(): Promise<ProcessIdentity[]> {
  const owner = spawn(process.execPath, [join(import.meta.dirname, '../lab/main.ts'), 'up'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    for await (const line of createInterface({ input: owner.stdout })) {
      const directory = /dialplan +(.*)\/root\/etc\/asterisk$/.exec(line)?.[1]
      if (directory !== undefined) return await recordedProcesses(directory)
    }
    throw new Error('the lab ended before it was up')
  } finally {
    owner.kill('SIGKILL')
    if (owner.exitCode === null && owner.signalCode === null) await once(owner, 'exit')
  }
}

interface Remains {
  readonly directory: string
  readonly processes: readonly ProcessIdentity[]
}

async function liveAndDie(asterisk: '16' | '22'): Promise<Remains> {
  await using lab = await startLab({ asterisk })
  expect(await registered(lab)).toEqual(EXTENSIONS)
  expect(await lab.cli('core show version')).toContain(`Asterisk ${asterisk}.`)

  const phone = lab.phone('101')
  const incoming = lab.trunk.call({ from: CLIENT, did: '7001', displayName: 'Ivan', hangUp: 'caller', talkMs: 1500 })
  expect(await phone.waitForRing(5000)).toEqual({ from: CLIENT, displayName: 'Ivan' })
  await phone.accept()
  expect(await incoming).toMatchObject([{ answered: true, finalStatus: 200, endedBy: 'caller' }])
  await phone.waitForIdle(2000)

  await using callee = await lab.trunk.answerWith('answer', { ringMs: 200 })
  await phone.dial('79990001122')
  await phone.waitForTalk(5000)
  await phone.hangup()
  await phone.waitForIdle(2000)
  expect(await callee.calls()).toMatchObject([{ number: '79990001122', from: '101', answered: true }])

  expect(await lab.trunk.call({ from: CLIENT, did: '7001', giveUpAfterMs: 500 })).toMatchObject([
    { answered: false, finalStatus: 487, endedBy: 'caller' },
  ])
  await expectRecords(lab)
  const directory = lab.etcAsterisk.replace(/\/root\/etc\/asterisk$/, '')
  return { directory, processes: await recordedProcesses(directory) }
}

async function expectRecords(lab: Lab): Promise<void> {
  const cdr = await until(
    () => lab.cdr(),
    (rows) => rows.length >= 3,
  )
  expect(cdr).toMatchObject([
    { src: CLIENT, dst: '7001', did: '7001', disposition: 'ANSWERED' },
    { src: '101', dst: '79990001122', disposition: 'ANSWERED' },
    { src: CLIENT, dst: '7001', did: '7001', disposition: 'NO ANSWER' },
  ])
  const cel = await until(
    () => lab.cel(),
    (rows) => rows.filter((row) => row['eventtype'] === 'LINKEDID_END').length >= 3,
  )
  const kinds = cel.filter((row) => row['linkedid'] === cdr[0]?.['linkedid']).map((row) => row['eventtype'])
  expect(kinds).toEqual(expect.arrayContaining(['CHAN_START', 'ANSWER', 'BRIDGE_ENTER', 'HANGUP']))
}

async function registered(lab: Lab): Promise<string[]> {
  const contacts = await lab.cli('pjsip show contacts')
  return EXTENSIONS.filter((extension) => contacts.includes(`${extension}/sip:${extension}-`))
}

async function until<T>(read: () => Promise<T>, isComplete: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 50; tries++) {
    const value = await read()
    if (isComplete(value)) return value
    await sleep(100)
  }
  return await read()
}

/** What the lab wrote down of its processes, phones and SIPp included. */
async function recordedProcesses(directory: string): Promise<ProcessIdentity[]> {
  const pids = await readdir(`${directory}.pids`)
  const records = await Promise.all(pids.map((pid) => readFile(join(`${directory}.pids`, pid), 'utf8')))
  return records.flatMap((record) => parseIdentity(record) ?? [])
}
