import { expect, test } from 'vitest'
import type { FoundPbx } from '../asterisk/dialplan-pbx.ts'
import { SettingError } from '../asterisk/setting-error.ts'
import { ChoiceError, dialplanSettings } from './dialplan-settings.ts'

const found = (change: Partial<FoundPbx> = {}): FoundPbx => ({
  flavour: 'freepbx',
  macros: 'macro',
  foreignPstn: [],
  destinations: [],
  ...change,
})

test('given nothing but the files of a FreePBX, when the snippet is chosen, then it is that one’s, behind a destination', () => {
  expect(dialplanSettings({}, undefined, found())).toMatchObject({
    flavour: 'freepbx',
    macros: 'macro',
    askIn: 'destination',
  })
})

test('given a kind of PBX on the command line, when the files say another, then the command line counts', () => {
  expect(dialplanSettings({ pbx: 'plain' }, undefined, found())).toMatchObject({ flavour: 'plain' })
})

test.each([
  [{ pbxVersion: '17' }, 'gosub'],
  [{ pbxVersion: '16.0.40' }, 'macro'],
  [{ gosub: true }, 'gosub'],
  [{ macro: true }, 'macro'],
])('given %o, when the files tell nothing, then routines are called by %s', (choices, macros) => {
  expect(dialplanSettings(choices, undefined, found({ macros: undefined }))).toMatchObject({ macros })
})

test('given a FreePBX whose files tell nothing, when nobody says more, then nothing is guessed', () => {
  expect(() => dialplanSettings({}, undefined, found({ macros: undefined }))).toThrow(SettingError)
})

test('given an Issabel whose files tell nothing, when the snippet is chosen, then its routines are macros', () => {
  expect(dialplanSettings({}, undefined, found({ flavour: 'issabel', macros: undefined }))).toMatchObject({
    flavour: 'issabel',
    macros: 'macro',
  })
})

test.each([{ pbx: 'kamailio' }, { askIn: 'everywhere' }, { pbxVersion: 'new' }, { macro: true, gosub: true }])(
  'given %o, when it cannot be obeyed, then the command line is to blame',
  (choices) => {
    expect(() => dialplanSettings(choices, undefined, found({ macros: undefined }))).toThrow(ChoiceError)
  },
)
