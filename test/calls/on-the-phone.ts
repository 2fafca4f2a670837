import { setTimeout as sleep } from 'node:timers/promises'
import type { Phone } from '../lab/phone.ts'
import type { Extension } from '../lab/ports.ts'
import { CLIENT, inbound } from './experienced.ts'
import type { Scenario } from './scenario.ts'
import { now, since } from './stopwatch.ts'

/** Waits for the phone, lets it ring, answers. @returns seconds it rang */
export async function answerAfter(phone: Phone, ms: number): Promise<number> {
  await phone.waitForRing(12_000)
  const rang = now()
  await sleep(ms)
  await phone.accept()
  return since(rang)
}

/** Lets the phone ring until the PBX gives it up. @returns seconds it rang */
export async function rangUntilIdle(phone: Phone): Promise<number> {
  await phone.waitForRing(12_000)
  const rang = now()
  await phone.waitForIdle(30_000)
  return since(rang)
}

export function simpleCall(did: string, extension: Extension, ringMs = 1500, talkMs = 3000): Scenario {
  return async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did, hangUp: 'caller', talkMs })
    const rangSeconds = await answerAfter(lab.phone(extension), ringMs)
    await call
    const talkSeconds = talkMs / 1000
    return [
      {
        ...inbound,
        line: did,
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds,
        responsible: extension,
        hangupCause: 16,
        people: [{ extension, rang: true, rangSeconds, talkSeconds, holdSeconds: 0 }],
      },
    ]
  }
}
