import { expect, test } from 'vitest'
import { createLog, setLogLevel } from './log.ts'

test('given a log and one made of it, when the level changes, then both follow', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line).msg) })
  const child = log.child({})
  const grandchild = child.child({})
  setLogLevel(log, 'debug')
  for (const one of [log, child, grandchild]) one.debug({}, 'heard')
  setLogLevel(log, 'error')
  for (const one of [log, child, grandchild]) one.info({}, 'not heard')
  expect(lines).toEqual(['heard', 'heard', 'heard'])
})
