import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findPbx, flavourOf, macroStyleOf } from './dialplan-pbx.ts'

async function pbxWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-pbx-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}

test.each([
  ['freepbx', '#include extensions_override_freepbx.conf\n#include extensions_additional.conf\n'],
  ['issabel', '#include extensions_override_issabelpbx.conf\n'],
  ['plain', '; #include extensions_override_freepbx.conf\n[general]\n'],
])('given the main file of %s, when it is looked at, then it is known', (flavour, main) => {
  expect(flavourOf(main)).toBe(flavour)
})

test.each([
  ['macro', 'exten => 101,1,Macro(exten-vm,101,101)\n'],
  ['gosub', 'exten => 101,1,Gosub(macro-exten-vm,s,1(101,101))\n'],
  ['gosub', 'exten => 101,n,GosubIf($[1]?x,1)\nexten => 101,n,Gosub(macro-user-callerid,s,1())\n'],
  [undefined, '; Macro(exten-vm)\nexten => 101,1,Dial(PJSIP/101)\n'],
])(
  'given a generated dialplan that calls its routines by %s, when it is looked at, then that is found',
  (style, text) => {
    expect(macroStyleOf(text)).toBe(style)
  },
)

test('given a directory, when it is looked at, then what would stand in our way is named by file and line', async () => {
  const directory = await pbxWith({
    'extensions.conf': '#include extensions_override_freepbx.conf\n',
    'extensions_custom.conf': '; mine\n[from-pstn-custom]\nexten => _X.,1,NoOp()\n',
    'extensions_additional.conf':
      '; callweave-route,s,1\nexten => dest-1,n,Gosub(callweave-route,s,1())\nexten => 7,n,Goto(callweave-to,ext-queues*700,1)\n',
  })
  expect(await findPbx(directory)).toEqual({
    flavour: 'freepbx',
    macros: undefined,
    foreignPstn: ['extensions_custom.conf:2'],
    destinations: ['extensions_additional.conf:2', 'extensions_additional.conf:3'],
  })
})

test('given no files at all, when a directory is looked at, then it is a plain PBX', async () => {
  expect(await findPbx(await pbxWith({}))).toMatchObject({ flavour: 'plain', destinations: [] })
})
