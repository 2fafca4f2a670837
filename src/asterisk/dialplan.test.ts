import { expect, test } from 'vitest'
import { type DialplanSettings, renderDialplan } from './dialplan.ts'
import { readDialplanTemplate } from './dialplan-templates.ts'
import { SettingError } from './setting-error.ts'

const plain = {
  flavour: 'plain' as const,
  application: 'callweave',
  dial: 'PJSIP/{extension}',
  decisionSeconds: 1.5,
  lines: [],
}
const rendered = (settings: Partial<Omit<DialplanSettings, 'flavour'>> = {}) =>
  renderDialplan({ ...plain, ...settings }, readDialplanTemplate)

/** What Asterisk reads of it. */
const obeyed = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith(';'))

/** Run as it stands here on 16.28 and 22.10 (test/e2e/asterisk.test.ts): a change of one line needs that run again. */
const golden = String.raw`
[callweave-in]
exten => s,1,GotoIf($["@{CALLWEAVE_ASKED}@{CALLWEAVE_SKIP}" != ""]?on)
 same => n,Set(__CALLWEAVE_ASKED=1)
 same => n,Set(CALLWEAVE_ANSWER=)
 same => n,Gosub(callweave-ask,s,1(@{FILTER(0-9A-Za-z+*#@._\x2d,@{ARG1})}))
 same => n,TryExec(CELGenUserEvent(callweave,@{CALLWEAVE_ANSWER}))
 same => n,GosubIf(@{REGEX("^ring,[0-9A-Za-z_-]+,[1-9][0-9]*$" @{CALLWEAVE_ANSWER})}?callweave-ring,s,1(@{CALLWEAVE_ANSWER}))
 same => n(on),Return()
[callweave-ask]
exten => s,1,Set(LOCAL(limit)=@{TIMEOUT(absolute)})
 same => n,Set(LOCAL(wait)=2.0)
 same => n,GotoIf($[@{limit} > 0 & @{limit} < @{wait} + 1]?on)
 same => n,Set(TIMEOUT(absolute)=@{wait})
 same => n,Stasis(callweave,inbound,@{ARG1},dnd=@{DB_KEYS(DND)})
 same => n,Set(LOCAL(told)=@{SHARED(CALLWEAVE_ANSWER)})
 same => n,Set(CALLWEAVE_ANSWER=@{CUT(told,|,1)})
 same => n,Set(LOCAL(name)=@{CUT(told,|,2)})
 same => n,ExecIf($[@{LEN(@{name})} > 0]?Set(CALLERID(name)=@{name}))
 same => n,Set(LOCAL(left)=@{TIMEOUT(absolute)})
 same => n,Set(TIMEOUT(absolute)=@{IF($[@{limit} > 0]?@{MATH(@{limit}-@{MATH(@{wait}-@{left},f)},f)}:0)})
 same => n(on),Return()
exten => T,1,Set(TIMEOUT(absolute)=@{IF($[@{limit} > 0]?@{MATH(@{limit}-@{wait},f)}:0)})
 same => n,Set(CALLWEAVE_ANSWER=)
 same => n,Return()
[callweave-ring]
exten => s,1,Dial(PJSIP/@{ARG2},@{ARG3},@{CALLWEAVE_DIAL_OPTIONS})
 same => n,Return()
[callweave-skip]
exten => s,1,Set(__CALLWEAVE_SKIP=1)
 same => n,TryExec(CELGenUserEvent(callweave,skip))
 same => n,Return()
[callweave-click]
exten => _[+0-9]!,1,TryExec(CELGenUserEvent(callweave,click))
 same => n,ExecIf($["@{CALLERID(num)}" = ""]?Set(CALLERID(num)=@{CALLWEAVE_CLICK_BY}))
 same => n,Set(CALLERID(dnid)=@{EXTEN})
 same => n,Goto(@{CALLWEAVE_CLICK_CONTEXT},@{EXTEN},1)
`
  .replaceAll('@{', '$' + '{')
  .trim()
  .split('\n')

test('given a plain PBX, when the snippet is rendered, then the way in is the one that was measured', () => {
  expect(obeyed(rendered()).slice(0, golden.length)).toEqual(golden)
})

test('given the same settings, when it is rendered again, then it is the same text', () => {
  expect(rendered()).toBe(rendered())
})

test('given every context, when it is read, then what it takes, sets and promises stands above it', () => {
  const blocks = rendered()
    .split(/\n\n/)
    .filter((block) => /^\[/m.test(block))
  expect(blocks.length).toBeGreaterThanOrEqual(4)
  for (const block of blocks) {
    expect(block).toMatch(/^; \[callweave-\w+\] +takes: /)
    expect(block).toMatch(/ sets: |^; promise: /m)
    expect(block).toMatch(/^; promise: /m)
  }
})

test('given another deadline, when it is rendered, then Asterisk waits half a second longer than the service has', () => {
  expect(rendered({ decisionSeconds: 0.25 })).toContain('Set(LOCAL(wait)=0.75)')
  expect(rendered({ decisionSeconds: 3 })).toContain('Set(LOCAL(wait)=3.5)')
})

test('given lines with deadlines of their own, when it is rendered, then only those that differ are named', () => {
  const lines = [
    { did: '+74951234567', decisionSeconds: 3 },
    { did: '7001', decisionSeconds: 1.5 },
  ]
  const waits = obeyed(rendered({ lines })).filter((line) => line.includes('LOCAL(wait)'))
  expect(waits).toEqual([
    ' same => n,Set(LOCAL(wait)=2.0)',
    ` same => n,ExecIf($["$\{ARG1}" = "+74951234567"]?Set(LOCAL(wait)=3.5))`,
  ])
})

test('given a dial string of the PBX, when it is rendered, then every place of the extension is filled', () => {
  expect(rendered({ dial: 'SIP/{extension}&Local/{extension}@mobile/n' })).toContain(
    `Dial(SIP/$\{ARG2}&Local/$\{ARG2}@mobile/n,$\{ARG3}`,
  )
})

test('given a line that goes on elsewhere when nobody answers, when it is rendered, then that follows the ring and nothing else changes', () => {
  const text = rendered({ places: [{ did: '+74951234567', place: 'ext-queues,700,1' }] })
  const added = obeyed(text).filter((one) => !obeyed(rendered()).includes(one))
  expect(added).toEqual(
    [
      String.raw` same => n,Set(LOCAL(line)=@{FILTER(0-9A-Za-z+*#@._\x2d,@{ARG1})})`,
      ' same => n,Set(LOCAL(place)=)',
      ' same => n,ExecIf($["@{line}" = "+74951234567"]?Set(LOCAL(place)=ext-queues,700,1))',
      ' same => n,GotoIf($["@{CALLWEAVE_ANSWER:0:5}" != "ring," | @{LEN(@{place})} = 0]?on)',
      ' same => n,GotoIf($[@{DIALPLAN_EXISTS(@{place})} = 0]?on)',
      ' same => n,Set(CALLWEAVE_PLACE=@{place})',
      ' same => n,StackPop()',
      ' same => n,Goto(@{CALLWEAVE_PLACE})',
    ].map((one) => one.replaceAll('@{', '$' + '{')),
  )
})

test('given a PBX that keeps nobody’s wish not to be disturbed, when it is rendered, then it does not tell it', () => {
  expect(rendered({ doNotDisturb: '' })).toContain('Stasis(callweave,inbound,$' + '{ARG1})')
  expect(rendered({ doNotDisturb: 'quiet' })).toContain('dnd=$' + '{DB_KEYS(quiet)})')
})

test.each([
  ['an application that breaks the line', { application: 'a,b)\nexten => x' }],
  ['a dial string without an extension', { dial: 'PJSIP/101' }],
  ['a dial string with an argument of its own', { dial: 'PJSIP/{extension},60,F' }],
  ['a deadline that is none', { decisionSeconds: 0 }],
  ['a DID that ends the expression', { lines: [{ did: '1"|"1', decisionSeconds: 3 }] }],
  ['a place that is more than one', { places: [{ did: '1', place: 'a,1,1)\nexten => x' }] }],
  ['a place by the name of a label', { places: [{ did: '1', place: 'a,1,on' }] }],
  ['a place of a line that ends the expression', { places: [{ did: '1"|"1', place: 'a,1,1' }] }],
  ['a family that is more than a name', { doNotDisturb: 'a)}' }],
])('given %s, when it is rendered, then nothing is', (_what, settings) => {
  expect(() => rendered(settings)).toThrow(SettingError)
})
