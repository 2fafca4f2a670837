import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { Call, PersonInCall } from '../calls/call.ts'
import { jobsForCall, noteStatus } from './jobs-for-call.ts'
import type { RegistrationSettings } from './settings.ts'
import { whyUnregistered } from './why-unregistered.ts'

const at = Date.parse('2026-11-20T08:52:34.091Z')

const settings: RegistrationSettings = {
  mode: 'on',
  lineModes: new Map([['7002', 'watch']]),
  personModes: new Map([['109', 'off']]),
  users: new Map([
    ['101', 7000001],
    ['102', 7000002],
  ]),
  defaultUser: 7000003,
  country: 'RU',
  unknownCaller: 'contact',
  unknownCalled: 'contact',
  lines: new Map([['7001', { label: 'Реклама', pipeline: 4400 }]]),
  contactName: 'Звонок {phone}',
  missedTask: { enabled: false, text: 'Перезвонить: {phone}', hours: 2 },
  firstStartAt: at - 3_600_000,
  quietAfterSeconds: 7200,
}

const answered: Call = {
  id: '1795164754.2',
  linkedids: ['1795164754.2'],
  direction: 'in',
  client: '+79221532327',
  line: '7001',
  startedAt: at,
  endedAt: at + 9_900,
  answered: true,
  result: 'answered',
  waitSeconds: 1.9,
  talkSeconds: 8.4,
  responsible: '101',
  hangupCause: 16,
  evidence: 'live',
  people: [person('101')],
  transfers: [],
  ivr: '',
  recordings: [],
}
const missed: Call = {
  ...answered,
  answered: false,
  result: 'missed',
  talkSeconds: 0,
  responsible: '',
  people: [person('101'), person('102'), person('555')],
}

function person(extension: string): PersonInCall {
  return { extension, rang: true, rangSeconds: 1.9, talkSeconds: 0, holdSeconds: 0 }
}
const jobs = (call: Call, change: Partial<RegistrationSettings> = {}) =>
  jobsForCall(call, { ...settings, ...change }, 'main')
const reason = (call: Call, change: Partial<RegistrationSettings> = {}) =>
  whyUnregistered(call, { ...settings, ...change })
const payloadOf = (call: Call, kind: string, change: Partial<RegistrationSettings> = {}) =>
  jobs(call, change).find((job) => job.kind === kind)?.payload

describe('given an answered call', () => {
  test('its client is found first and its note is built on it, in the lane of the phone', () => {
    assert.deepEqual(
      jobs(answered).map(({ key, kind, lane, after, urgency }) => ({ key, kind, lane, after, urgency })),
      [
        { key: 'main/1795164754.2:client', kind: 'client', lane: '9221532327', after: undefined, urgency: 'live' },
        {
          key: 'main/1795164754.2:note',
          kind: 'call-note',
          lane: '9221532327',
          after: 'main/1795164754.2:client',
          urgency: 'live',
        },
      ],
    )
  })

  test('the note tells whole seconds, start, status and who talked', () => {
    assert.deepEqual(payloadOf(answered, 'call-note'), {
      uniq: 'main/1795164754.2',
      direction: 'in',
      phone: '+79221532327',
      startedAt: at,
      talkSeconds: 8,
      status: 'answered',
      people: { direction: 'in', talked: { extension: '101', user: 7000001 }, tried: [], defaultUser: 7000003 },
      quietAt: at + 9_900 + 7_200_000,
    })
  })

  test('a conversation of less than half a second still counts one second: the CRM takes none for missed', () => {
    assert.equal((payloadOf({ ...answered, talkSeconds: 0.3 }, 'call-note') as { talkSeconds: number }).talkSeconds, 1)
  })

  test('a new contact would be named by the template and owned by whoever talked', () => {
    assert.deepEqual(payloadOf(answered, 'client'), {
      phone: '+79221532327',
      name: 'Звонок +79221532327',
      owner: 7000001,
    })
  })

  test('every spelling of the number is the same phone in the same lane', () => {
    for (const client of ['89221532327', '79221532327', '8 (922) 153-23-27', '9221532327']) {
      const [job] = jobs({ ...answered, client })
      assert.equal(job?.lane, '9221532327', client)
      assert.deepEqual(job?.payload, payloadOf(answered, 'client'), client)
    }
  })

  test('when the second witness tells it, it stands back behind live calls', () => {
    assert.deepEqual(new Set(jobs({ ...answered, evidence: 'cel' }).map((job) => job.urgency)), new Set(['backfill']))
    assert.equal(jobs({ ...answered, evidence: 'reconstructed' })[0]?.urgency, 'live')
  })

  test('nothing undefined or null travels in a payload', () => {
    for (const job of jobs(missed, { missedTask: { ...settings.missedTask, enabled: true }, defaultUser: undefined })) {
      assert.deepEqual(JSON.parse(JSON.stringify(job.payload)), job.payload)
      assert.ok(!JSON.stringify(job.payload).includes('null'))
    }
  })
})

describe('given unknown callers who become incoming leads', () => {
  const unsorted = { unknownCaller: 'unsorted' } as const

  test('the first job looks for the client or makes the lead, and the note builds on it', () => {
    assert.deepEqual(
      jobs(answered, unsorted).map(({ key, kind, after }) => [key, kind, after]),
      [
        ['main/1795164754.2:unsorted', 'unsorted', undefined],
        ['main/1795164754.2:note', 'call-note', 'main/1795164754.2:unsorted'],
      ],
    )
  })

  test('it knows the line by name and where its leads go', () => {
    const lineOf = (call: Call) => {
      const { line, lineName, pipeline } = payloadOf(call, 'unsorted', unsorted) as Record<string, unknown>
      return { line, lineName, pipeline }
    }
    assert.deepEqual(lineOf(answered), { line: '7001', lineName: 'Реклама', pipeline: 4400 })
    const unlisted = { line: '7009', lineName: '7009', pipeline: undefined }
    assert.deepEqual(lineOf({ ...answered, line: '7009' }), unlisted)
    assert.deepEqual(lineOf({ ...answered, line: '' }), { line: 'main', lineName: 'main', pipeline: undefined })
  })

  test('who is called by us is no incoming lead', () => {
    const out: Call = { ...answered, direction: 'out' }
    assert.equal(jobs(out, unsorted)[0]?.kind, 'client')
    const nothing = payloadOf(out, 'client', { ...unsorted, unknownCalled: 'nothing' })
    assert.equal((nothing as { unknown?: string }).unknown, 'nothing')
  })
})

describe('given a missed call', () => {
  const withTask = { missedTask: { enabled: true, text: 'Перезвонить: {phone}', hours: 2 } }

  test('the note remembers everybody who was rung', () => {
    assert.deepEqual((payloadOf(missed, 'call-note') as { people: unknown }).people, {
      direction: 'in',
      tried: [{ extension: '101', user: 7000001 }, { extension: '102', user: 7000002 }, { extension: '555' }],
      defaultUser: 7000003,
    })
  })

  test('a task stands between client and note when the setting says so', () => {
    assert.deepEqual(
      jobs(missed, withTask).map((job) => [job.key, job.after]),
      [
        ['main/1795164754.2:client', undefined],
        ['main/1795164754.2:task', 'main/1795164754.2:client'],
        ['main/1795164754.2:note', 'main/1795164754.2:client'],
      ],
    )
    const task = payloadOf(missed, 'task', withTask) as { text: string; deadline: number }
    assert.equal(task.text, 'Перезвонить: +79221532327')
    assert.equal(task.deadline, at + 9_900 + 7_200_000)
  })

  test('abandoned and voicemail are missed too; answered and outbound calls get no task', () => {
    const kinds = (call: Call) => jobs(call, withTask).map((job) => job.kind)
    assert.ok(kinds({ ...missed, result: 'abandoned' }).includes('task'))
    assert.ok(kinds({ ...missed, result: 'voicemail' }).includes('task'))
    assert.ok(!kinds(answered).includes('task'))
    assert.ok(!kinds({ ...missed, direction: 'out', result: 'no-answer' }).includes('task'))
  })
})

describe('given an outbound call nobody took', () => {
  const out: Call = { ...missed, direction: 'out', result: 'no-answer', people: [], startedBy: '102' }

  test('whoever called stands in the note and would own the contact', () => {
    assert.deepEqual((payloadOf(out, 'call-note') as { people: unknown }).people, {
      direction: 'out',
      tried: [{ extension: '102', user: 7000002 }],
      defaultUser: 7000003,
    })
    assert.equal((payloadOf(out, 'client') as { owner: number }).owner, 7000002)
  })

  test('when the caller’s phone was rung first by a click, it is named once', () => {
    const { people } = payloadOf({ ...out, people: [person('102')] }, 'call-note') as { people: { tried: unknown } }
    assert.deepEqual(people.tried, [{ extension: '102', user: 7000002 }])
  })

  test('a caller who is off keeps it out of the CRM', () => {
    assert.deepEqual(jobs({ ...out, startedBy: '109' }), [])
  })
})

describe('given a call that is nobody’s business in the CRM, nothing is written', () => {
  const nothing = (call: Call, why: string, change: Partial<RegistrationSettings> = {}) => {
    assert.equal(reason(call, change), why)
    assert.deepEqual(jobs(call, change), [])
  }

  test('internal', () => nothing({ ...answered, direction: 'internal', client: '' }, 'internal'))
  test('a call that opted out', () => nothing({ ...answered, skipped: true }, 'skipped'))
  test('withheld number', () => nothing({ ...answered, client: '' }, 'no-client-number'))
  test('anonymous caller', () => nothing({ ...answered, client: 'anonymous' }, 'no-client-number'))
  test('a number of four digits', () => nothing({ ...answered, client: '1234' }, 'no-client-number'))
  test('a name with digits in it', () => nothing({ ...answered, client: 'gate-2024-111' }, 'no-client-number'))
  test('not ended yet', () => nothing({ ...answered, endedAt: undefined, result: undefined }, 'not-ended'))
  test('begun before the first configured start', () => {
    nothing(answered, 'before-first-start', { firstStartAt: at + 1 })
    assert.equal(reason(answered, { firstStartAt: at }), undefined)
  })
  test('the service only watches', () => nothing(answered, 'service-not-on', { mode: 'watch' }))
  test('the service is off', () => nothing(answered, 'service-not-on', { mode: 'off' }))
  test('the line only watches', () => nothing({ ...answered, line: '7002' }, 'line-not-on'))
  test('whoever talked is off', () => nothing({ ...answered, responsible: '109' }, 'people-not-on'))
  test('nobody but people who are off was rung', () => nothing({ ...missed, people: [person('109')] }, 'people-not-on'))
})

test('given a missed call that rang one person who is on, it is registered', () => {
  assert.equal(reason({ ...missed, people: [person('109'), person('101')] }), undefined)
})

test('given a missed call that rang nobody, it is registered', () => {
  assert.equal(reason({ ...missed, result: 'abandoned', people: [] }), undefined)
})

describe('the status of the note', () => {
  const status = (result: NonNullable<Call['result']>, hangupCause?: number) => noteStatus({ result, hangupCause })

  test('inbound: answered, voicemail; abandoned and missed were not reached', () => {
    assert.deepEqual(
      (['answered', 'voicemail', 'abandoned', 'missed'] as const).map((result) => status(result, 16)),
      ['answered', 'voicemail', 'not-reached', 'not-reached'],
    )
  })

  test('outbound: busy, no answer', () => {
    assert.equal(status('busy', 17), 'busy')
    assert.equal(status('no-answer', 16), 'not-reached')
  })

  test('outbound failures are a wrong number only for the causes that say so', () => {
    for (const cause of [1, 3, 22, 28]) assert.equal(status('failed', cause), 'wrong-number', `cause ${cause}`)
    for (const cause of [34, 38, 42, 102, undefined]) assert.equal(status('failed', cause), 'not-reached')
  })
})
