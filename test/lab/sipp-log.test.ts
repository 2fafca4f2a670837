import { expect, test } from 'vitest'
import { callResults, outboundCalls, parseMarks } from './sipp-log.ts'

const results = (...lines: string[]) => callResults(parseMarks(lines.join('\n')))

test('given a call that the PBX ended, then its waiting and its length are told', () => {
  expect(results('invited|1@lab|120|', 'answered|1@lab|1620|', 'bye|1@lab|9620|')).toEqual([
    {
      ...{ callId: '1@lab', invitedAt: 120, answered: true, answeredAfterMs: 1500 },
      ...{ finalStatus: 200, durationMs: 9500, endedBy: 'pbx' },
    },
  ])
})

test('given a caller who gave up, then it is not answered and ended by the caller', () => {
  expect(results('invited|1@lab|0|', 'cancelled|1@lab|2000|', 'final|1@lab|2008|487')).toEqual([
    { callId: '1@lab', invitedAt: 0, answered: false, finalStatus: 487, durationMs: 2008, endedBy: 'caller' },
  ])
})

test('given a refused call, then the status of the refusal is told', () => {
  expect(results('invited|1@lab|0|', 'final|1@lab|8|404')).toMatchObject([{ finalStatus: 404, endedBy: 'pbx' }])
})

test('given calls that overlap, then each keeps its own marks in the order of the invitations', () => {
  const calls = results(
    'invited|1@lab|0|',
    'invited|2@lab|33|',
    'answered|2@lab|133|',
    'answered|1@lab|400|',
    'hung-up|2@lab|633|',
    'bye|1@lab|900|',
  )
  expect(calls.map(({ callId, answeredAfterMs, endedBy }) => ({ callId, answeredAfterMs, endedBy }))).toEqual([
    { callId: '1@lab', answeredAfterMs: 400, endedBy: 'pbx' },
    { callId: '2@lab', answeredAfterMs: 100, endedBy: 'caller' },
  ])
})

test('given a call without an end, then nobody ended it', () => {
  expect(results('invited|1@lab|0|')).toMatchObject([{ answered: false, finalStatus: 0, endedBy: 'nobody' }])
})

test('given lines that are no marks, then they are passed over', () => {
  expect(parseMarks('\nTimeout on message 3\ninvited||5|\ninvited|1@lab|soon|\n')).toEqual([])
})

test('given a call to the trunk, then number and caller are taken from the headers', () => {
  const marks = parseMarks(
    'invited|abc|10|<sip:+79990001122@127.0.0.1>|"Anna Petrova" <sip:101@127.0.0.1>;tag=9\nanswered|abc|300|\nbye|abc|2300|',
  )
  expect(outboundCalls(marks)).toEqual([
    {
      ...{ number: '+79990001122', from: '101', callId: 'abc', invitedAt: 10 },
      ...{ answered: true, cancelled: false, talkedMs: 2000 },
    },
  ])
})
