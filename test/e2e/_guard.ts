import { expect } from 'vitest'
import type { Lab } from '../lab/lab.ts'
import { applications, startOf, stepsUntil } from './_asterisk-records.ts'

/** The generated snippet's wait: 1.5 s for the service and half a second of Asterisk's own. */
export const GUARD_MS = 2000

/** Asterisk's own records say: out of Stasis and on the default route two seconds after it asked, never answered. */
export async function expectGuarded(lab: Lab, from: string): Promise<void> {
  const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
  const waited = startOf(steps, 'Dial', 'default-route') - startOf(steps, 'Stasis', 'callweave-ask')
  expect(waited).toBeGreaterThanOrEqual(GUARD_MS - 20)
  expect(waited).toBeLessThan(GUARD_MS + 300)
  expect(steps.filter(({ event }) => event === 'ANSWER')).toEqual([])
  expect(applications(steps)).not.toContainEqual(expect.stringContaining('callweave-ring'))
}

/** What our own commands would never send. */
export async function rawVariable(lab: Lab, channelId: string, value: string): Promise<void> {
  const url = new URL(`${lab.ari.url}/ari/asterisk/variable`)
  url.search = new URLSearchParams({ variable: `SHARED(CALLWEAVE_ANSWER,${channelId})`, value }).toString()
  const authorization = `Basic ${btoa(`${lab.ari.user}:${lab.ari.password}`)}`
  const { status } = await fetch(url, { method: 'POST', headers: { authorization } })
  expect(status).toBe(204)
}
