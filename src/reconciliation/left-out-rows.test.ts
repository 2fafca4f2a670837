import { expect, test } from 'vitest'
import { telling } from './_group.ts'
import { createLeftOutRows } from './left-out-rows.ts'
import { tellGroup } from './tell-group.ts'

test('given rows that tell no time, when their group is read again and again, then each is logged and counted once', () => {
  const logged: object[] = []
  const rows = createLeftOutRows({ warn: (fields) => logged.push(fields) })
  const broken = [
    { eventtype: 'ANSWER', eventtime: 'soon', channame: 'PJSIP/101-1', uniqueid: '1.1', linkedid: '1.1' },
    { eventtype: '', eventtime: '', channame: 'x'.repeat(2_000), uniqueid: '1.2', linkedid: '1.1' },
  ]
  const group = { linkedids: new Set(['1.1']), rows: broken, usualOffset: undefined }
  for (let time = 0; time < 3; time += 1) tellGroup(group, { ...telling, leftOut: rows.add })
  expect(rows.count()).toBe(2)
  expect(logged).toMatchObject([{ reason: 'eventtime "soon" is no time' }, { reason: 'no eventtype' }].toReversed())
  expect(JSON.stringify(logged).length).toBeLessThan(1_500)
})
