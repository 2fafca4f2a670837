import { expect } from 'vitest'
import { dialplanCommand } from '../../src/commands/dialplan.ts'
import type { Lab } from '../lab/lab.ts'
import type { Stage } from '../stage/stage.ts'
import { type Step, stepsUntil } from './_asterisk-records.ts'

/** `callweave dialplan` with the stage's configuration, and Asterisk told to read it. @returns what it said */
export async function callweaveDialplan(stage: Stage, ...args: readonly string[]): Promise<string> {
  const told: string[] = []
  const out = { write: (text: string) => told.push(text) }
  const io = { stdout: out, stderr: out, signal: new AbortController().signal }
  const code = await dialplanCommand(['--config', stage.configFile, ...args], io)
  expect(code, told.join('')).toBe(0)
  await stage.lab.reload()
  return told.join('')
}

/** What `callweave dialplan` refuses. @returns the reason it gave */
export async function refusal(stage: Stage, ...args: readonly string[]): Promise<string> {
  const told: string[] = []
  const io = { stdout: { write: () => true }, stderr: { write: (text: string) => told.push(text) } }
  const code = await dialplanCommand(['--config', stage.configFile, ...args], {
    ...io,
    signal: new AbortController().signal,
  })
  expect(code).toBe(1)
  return told.join('')
}

/** The whole call from this number, once its last channel is gone. */
export function ended(lab: Lab, from: string): Promise<readonly Step[]> {
  return stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
}

/** Extensions whose phones a call rang, in order of their first ring. */
export function rung(steps: readonly Step[]): readonly string[] {
  const phones = steps
    .filter(({ event }) => event === 'CHAN_START')
    .map(({ channel }) => /^PJSIP\/(1\d\d)-/.exec(channel)?.[1])
  return [...new Set(phones.filter((phone) => phone !== undefined))]
}

/** DIDs a call asked about, in order. */
export function asked(steps: readonly Step[]): readonly string[] {
  const questions = steps.filter(({ event, app }) => event === 'APP_START' && app === 'Stasis')
  return questions.map(({ data }) => data.replace('callweave,inbound,', '').replace(/,dnd=.*$/, ''))
}

/** Whether anybody's mailbox took the call. */
export function reachedMailbox(steps: readonly Step[]): boolean {
  return steps.some(({ event, app }) => event === 'APP_START' && app === 'VoiceMail')
}

/** Milliseconds from a call's arrival to the ring group of the default route. */
export function untilDefaultRoute(steps: readonly Step[]): number {
  const group = steps.find(
    ({ event, app, context }) => event === 'APP_START' && app === 'Dial' && context === 'macro-dial',
  )
  return group && steps[0] ? group.at - steps[0].at : Number.NaN
}
