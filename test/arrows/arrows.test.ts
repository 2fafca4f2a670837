import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { breaches } from './check.ts'
import { readGraph } from './graph.ts'

const planted: string[] = []
afterEach(() => {
  for (const dir of planted.splice(0)) rmSync(dir, { recursive: true })
})

function house(files: Readonly<Record<string, string>>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'))
  planted.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return breaches(readGraph(root))
}

test('given arrows the design allows, when checked, then nothing is found', () => {
  expect(
    house({
      'numbers/key.ts': 'export const key = 1',
      'calls/call.ts': "import { key } from '../numbers/key.ts'\nexport const call = key",
      'service.ts': "import { call } from './calls/call.ts'\nconsole.log(call)",
    }),
  ).toEqual([])
})

test('given a forbidden arrow, even of types only, when checked, then it is named', () => {
  const found = house({
    'store/ports.ts': 'export type Store = number',
    'calls/call.ts': "import type { Store } from '../store/ports.ts'\nexport type Call = Store",
  })
  expect(found).toEqual(['calls/call.ts imports store/ports.ts: calls/ may not import store/'])
})

test('given a re-export or a dynamic import that is forbidden, when checked, then it is named', () => {
  const found = house({
    'store/ports.ts': 'export const store = 1',
    'calls/a.ts': "export { store } from '../store/ports.ts'",
    'calls/b.ts': "export const b = () => import('../store/ports.ts')",
  })
  expect(found).toHaveLength(2)
})

test('given a planted circle, when checked, then it is drawn', () => {
  const found = house({
    'calls/a.ts': "import { b } from './b.ts'\nexport const a = () => b",
    'calls/b.ts': "import { c } from './c.ts'\nexport const b = () => c",
    'calls/c.ts': "import { a } from './a.ts'\nexport const c = () => a",
  })
  expect(found).toEqual(['circle: calls/a.ts → calls/b.ts → calls/c.ts → calls/a.ts'])
})

test('given the adapter imported by a room, when checked, then only the port is allowed', () => {
  const found = house({
    'crm/amocrm/adapter.ts': 'export const amocrm = 1',
    'registration/jobs.ts': "import { amocrm } from '../crm/amocrm/adapter.ts'\nexport const jobs = amocrm",
  })
  expect(found).toEqual([
    'registration/jobs.ts imports crm/amocrm/adapter.ts: registration/ may not import crm/amocrm/',
  ])
})

test('given a room the rules do not name, when checked, then it is named', () => {
  expect(house({ 'attic/box.ts': 'export const box = 1' })).toEqual([
    'attic/box.ts stands in a room that the rules do not name',
  ])
})
