import { pino } from 'pino'
import { expect, test } from 'vitest'
import { CrmRefused, CrmUnreachable } from '../crm/errors.ts'
import { StoreError } from '../store/store-error.ts'
import { countingLog } from './counting-log.ts'
import { troubleOf } from './trouble.ts'
import { createTroubleCounts } from './trouble-counts.ts'

test.each([
  [{ err: new StoreError('disk-full', 'no space') }, 'disk'],
  [{ error: String(new CrmUnreachable('nobody there')) }, 'crm-unreachable'],
  [{ err: new CrmRefused('no', 400) }, 'crm-refused'],
  [{ trouble: 'dead-letter', err: new CrmRefused('no', 400) }, 'dead-letter'],
  [{ err: new TypeError('a mistake of ours') }, 'recording'],
  [{ trouble: 'nothing we know' }, 'recording'],
  ['a message without fields', 'recording'],
  [undefined, 'recording'],
] as const)(
  'given the fields %o of a line of the recordings, when its kind is asked for, then it is %s',
  (fields, kind) => expect(troubleOf('recording', fields)).toBe(kind),
)

test('given troubles over hours, when the last hour is asked for, then older ones are not in it, and the sum keeps all', () => {
  let now = 1_800_000_000_000
  const counts = createTroubleCounts(() => now)
  counts.add('disk')
  now += 30 * 60_000
  counts.add('disk')
  counts.add('hook')
  expect(counts.lastHour()).toEqual({ disk: 2, hook: 1 })
  now += 30 * 60_000
  expect(counts.lastHour()).toEqual({ disk: 1, hook: 1 })
  now += 31 * 60_000
  expect(counts.lastHour()).toEqual({})
  expect(counts.total()).toEqual({ disk: 2, hook: 1 })
})

test('given a clock that is set back by hours, when troubles are counted, then none of the future is told', () => {
  let now = 1_800_000_000_000
  const counts = createTroubleCounts(() => now)
  counts.add('disk')
  now -= 5 * 3_600_000
  expect(counts.lastHour()).toEqual({})
})

test('given a log that counts, when something is warned of, then line and count are one; its children count, its level follows', () => {
  const lines: string[] = []
  const root = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const counted: string[] = []
  const log = countingLog(root, 'card', (kind) => void counted.push(kind))
  log.warn({ call: '1' }, 'a warning')
  log.child({ of: 'whom' }).error('an error')
  log.info('all is well')
  expect(counted).toEqual(['card', 'card'])
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['a warning', 'an error', 'all is well'])
  expect(JSON.parse(lines[1] ?? '').of).toBe('whom')
  root.level = 'error'
  log.warn('not shown')
  log.info('nor this')
  expect([lines.length, counted.length]).toEqual([3, 3])
})
