import { expect, test } from 'vitest'
import { calleeScenario } from './sipp-callee.ts'
import { callerScenario } from './sipp-caller.ts'

const branches = (scenario: string, method: string) =>
  [...scenario.matchAll(/^(\w+) \S+ SIP\/2\.0\nVia: .*;branch=(.*)$/gm)].flatMap((match) =>
    match[1] === method ? [match[2]] : [],
  )

test('given a caller who gives up, then the CANCEL carries the branch of the INVITE', () => {
  const scenario = callerScenario({ giveUpAfterMs: 2000 })
  expect(branches(scenario, 'CANCEL')).toEqual(branches(scenario, 'INVITE'))
  expect(branches(scenario, 'CANCEL')[0]).not.toContain('[branch]')
})

test('given any behaviour, then every jump has its label', () => {
  const scenarios = [
    callerScenario({}),
    callerScenario({ talkMs: 1000, giveUpAfterMs: 500, dtmf: { afterMs: 100, digits: '12' }, audioFile: '/a' }),
    ...(['answer', 'busy', 'not-found', 'silent', 'congestion'] as const).map((answer) => calleeScenario(answer, {})),
  ]
  for (const scenario of scenarios) {
    const labels = [...scenario.matchAll(/<label id="([^"]+)"/g)].map((match) => match[1])
    const jumps = [...scenario.matchAll(/(?:next|ontimeout)="([^"]+)"/g)].map((match) => match[1])
    expect(labels).toEqual(expect.arrayContaining(jumps))
    expect(new Set(labels).size).toBe(labels.length)
  }
})

test('given digits, then each is pressed once in an INFO with a sequence number of its own', () => {
  const scenario = callerScenario({ dtmf: { afterMs: 100, digits: '2#' } })
  expect([...scenario.matchAll(/Signal=(.)/g)].map((match) => match[1])).toEqual(['2', '#'])
  expect([...scenario.matchAll(/CSeq: (\d+) INFO/g)].map((match) => match[1])).toEqual(['10', '11'])
})
