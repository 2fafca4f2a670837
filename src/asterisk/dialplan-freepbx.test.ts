import { expect, test } from 'vitest'
import { renderDialplan } from './dialplan.ts'
import type { FreepbxSettings } from './dialplan-freepbx.ts'
import { readDialplanTemplate } from './dialplan-templates.ts'
import { SettingError } from './setting-error.ts'

const common = { application: 'callweave', dial: 'PJSIP/{extension}', decisionSeconds: 1.5, lines: [] }
const rendered = (change: Partial<FreepbxSettings> & { flavour?: 'freepbx' | 'issabel' } = {}) =>
  renderDialplan(
    { flavour: 'freepbx', askIn: 'destination', macros: 'macro', recordings: [], ...common, ...change },
    readDialplanTemplate,
  )

/** What Asterisk reads of one context. */
function context(text: string, name: string): readonly string[] {
  const [, body = ''] = text.split(`\n[${name}]\n`)
  const lines = body.split('\n[')[0]?.split('\n') ?? []
  return lines.filter((line) => line !== '' && !line.startsWith(';'))
}

test('given a Custom Destination, when it is rendered, then it asks about the route’s DID and comes back', () => {
  const clean = String.raw`@{FILTER(0-9A-Za-z+*#@._\x2d,@{FROM_DID})}`
  expect(context(rendered(), 'callweave-route')).toEqual(
    [`exten => s,1,Gosub(callweave-in,s,1(@{IF($[@{LEN(@{FROM_DID})} > 0]?${clean}:s)}))`, ' same => n,Return()'].map(
      (line) => line.replaceAll('@{', '$' + '{'),
    ),
  )
})

test('given another place to ask, when it is rendered, then only all-lines touches a context of the PBX', () => {
  expect(rendered()).not.toContain('[from-pstn-custom]')
  expect(rendered({ askIn: 'all-lines' })).toContain('\n[from-pstn-custom]\n')
  const nowhere = rendered({ askIn: 'nowhere' })
  expect(nowhere).not.toContain('[from-pstn-custom]')
  expect(context(nowhere, 'callweave-route')).toEqual(['exten => s,1,NoOp(nobody is asked)', ' same => n,Return()'])
})

test('given all lines, when the rest of from-pstn is rendered, then it keeps its own order', () => {
  expect(context(rendered({ askIn: 'all-lines' }), 'callweave-pstn-rest')).toEqual([
    'include => ext-did',
    'include => ext-did-post-custom',
    'include => from-did-direct',
    'include => ext-did-catchall',
  ])
})

test('given FreePBX up to 16, when a ring is rendered, then routines are macros, and given 17 they are Gosub frames', () => {
  const old = rendered({ macros: 'macro' })
  expect(context(old, 'callweave-ring').filter((line) => line.includes('blkvm-'))).toEqual([
    expect.stringContaining('DIALPLAN_EXISTS(macro-blkvm-setifempty,s,1)'),
    ' same => n,Macro(blkvm-setifempty)',
    ' same => n,MacroIf($["$' + '{GOSUB_RETVAL}" != "TRUE"]?blkvm-set,reset)',
    ' same => n,Macro(blkvm-clr)',
  ])
  const recent = rendered({ macros: 'gosub' })
  expect(recent).not.toMatch(/\bMacro(?:If|Exit)?\(/)
  expect(context(recent, 'callweave-ring').join()).toContain('Dial(Local/$' + '{ARG2}@ext-local/n,')
  expect(context(old, 'callweave-ring').join()).toContain('Dial(Local/$' + '{ARG2}@from-did-direct/n,')
})

test('given either style, when it is rendered, then our own contexts leave by Return and never by MacroExit', () => {
  for (const macros of ['macro', 'gosub'] as const)
    expect(rendered({ macros, askIn: 'all-lines' })).not.toContain('MacroExit')
})

test('given lines with a recording policy, when it is rendered, then only those are named', () => {
  const text = rendered({ askIn: 'all-lines', recordings: [{ did: '+7495', policy: 'force' }] })
  expect(text.match(/Set\(CALLWEAVE_RECORD=.*/g)).toEqual([
    'Set(CALLWEAVE_RECORD=dontcare)',
    'Set(CALLWEAVE_RECORD=force))',
  ])
})

test('given Issabel, when a ring is recorded, then by the types its own check knows', () => {
  const ring = context(rendered({ flavour: 'issabel' }), 'callweave-ring').join('\n')
  expect(ring).toContain('sub-record-check,s,1(force,')
  expect(ring).not.toContain('s,1(in,')
})

test('given a DID that ends the expression, when it is rendered, then nothing is', () => {
  expect(() => rendered({ recordings: [{ did: '1"|"1', policy: 'force' }] })).toThrow(SettingError)
})

test('given the way in of all lines, when its patterns are read, then none of them takes h, i, t, T or fax', () => {
  const patterns = context(rendered({ askIn: 'all-lines' }), 'from-pstn-custom').flatMap(
    (line) => /^exten => ([^,]+),/.exec(line)?.[1] ?? [],
  )
  const takes = (exten: string) => patterns.filter((pattern) => asterisk(pattern).test(exten))
  for (const exten of ['h', 'i', 't', 'T', 'fax', 'o', 'a', 'e']) expect(takes(exten), exten).toEqual([])
  const dids = [
    's',
    '0',
    '+',
    '7001',
    '+74951234567',
    'sales',
    'fa1',
    'faxline',
    'fax1',
    'f1',
    'my.login',
    'Trunk-1',
    'h1',
  ]
  for (const did of dids) expect(takes(did), did).toHaveLength(1)
})

/** An extension pattern as a regular expression: what our patterns use of it. */
function asterisk(pattern: string): RegExp {
  if (!pattern.startsWith('_')) return new RegExp(`^${pattern}$`)
  const body = pattern.slice(1).replace(/\.$/, '.+').replace(/!$/, '.*')
  return new RegExp(`^${body}$`)
}
