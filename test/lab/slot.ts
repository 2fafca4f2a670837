import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { slotsDirectory } from './cache-directory.ts'
import { endRecorded } from './child-processes.ts'
import { LabError } from './lab-error.ts'
import { claimName, tryLock } from './lock-file.ts'
import { type Ports, portsOf, SLOTS } from './ports.ts'

export interface Slot extends AsyncDisposable {
  readonly number: number
  readonly ports: Ports
  /** Empty; everything the lab writes is in here. */
  readonly directory: string
  readonly pidDirectory: string
}

/** Labs of other runs come and go: a queue of them is served within this time. */
const PATIENCE_MS = 300_000

/**
 * Claims a slot that no living lab holds and ends what a killed one left there.
 * @param wanted 0…9, or the first free one, waiting for it as long as `patienceMs` says
 * @throws LabError when the wanted slot, or every slot, is taken
 */
export async function claimSlot(
  wanted: number | undefined,
  log: (line: string) => void,
  signal?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<Slot> {
  const candidates = wanted === undefined ? SLOTS : [wanted]
  const deadline = performance.now() + (wanted === undefined ? patienceMs : 0)
  for (let told = false; ; told = true) {
    for (const number of candidates) {
      const slot = await tryClaim(number, told ? () => {} : log)
      if (slot) return slot
    }
    if (performance.now() >= deadline) break
    if (!told) log('every slot is in use, waiting for one …')
    await sleep(1000, undefined, signal ? { signal } : {})
  }
  const which = wanted === undefined ? 'every lab slot' : `lab slot ${wanted}`
  throw new LabError(
    `${which} is in use: end the other lab, or run "node test/lab/main.ts down" if none should be there`,
  )
}

/** Ends what is left of labs whose owner is gone. @returns one line a slot that had something */
export async function cleanSlots(): Promise<string[]> {
  const lines: string[] = []
  for (const number of SLOTS) {
    await using taken = await tryLock(lockOf(number))
    if (!taken) {
      lines.push(`slot ${number}: a living lab holds it, left alone`)
      continue
    }
    const ended = await endRecorded(pidsOf(number))
    await rm(directoryOf(number), { recursive: true, force: true })
    if (ended.length > 0) lines.push(`slot ${number}: ended ${ended.join(', ')}`)
  }
  return lines
}

async function tryClaim(number: number, log: (line: string) => void): Promise<Slot | undefined> {
  await using taken = new AsyncDisposableStack()
  // The file guards the slot's folder, the name its ports: labs with other cache folders share the network too.
  const file = await tryLock(lockOf(number))
  if (!file) return undefined
  taken.use(file)
  const name = await claimName(`slot-${number}`)
  if (!name) return undefined
  taken.use(name)
  const ended = await endRecorded(pidsOf(number))
  if (ended.length > 0) log(`slot ${number}: ended what an earlier run left (${ended.join(', ')})`)
  const ports = portsOf(number)
  if (!(await areFree(ports))) {
    log(`slot ${number}: somebody else uses its ports`)
    return undefined
  }
  const directory = directoryOf(number)
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const claim = taken.move()
  return {
    number,
    ports,
    directory,
    pidDirectory: pidsOf(number),
    [Symbol.asyncDispose]: () => claim.disposeAsync(),
  }
}

const lockOf = (number: number) => join(slotsDirectory(), `${number}.lock`)
const pidsOf = (number: number) => join(slotsDirectory(), `${number}.pids`)
const directoryOf = (number: number) => join(slotsDirectory(), String(number))

async function areFree(ports: Ports): Promise<boolean> {
  const phones = Object.values(ports.phones)
  const tcp = [ports.ari, ports.database, ...phones.map((phone) => phone.control)]
  const udp = [ports.sip, ports.trunkCallee, ...ports.trunkCallers, ...phones.map((phone) => phone.sip)]
  const free = await Promise.all([...tcp.map(isTcpFree), ...udp.map(isUdpFree)])
  return free.every(Boolean)
}

async function isTcpFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

async function isUdpFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    return true
  } catch {
    return false
  } finally {
    socket.close()
  }
}
