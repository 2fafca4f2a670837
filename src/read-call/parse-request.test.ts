import { describe, expect, test } from 'vitest'
import { parametersOf } from './parameters.ts'
import { parseRequest } from './parse-request.ts'
import { keyOf } from './request.ts'
import { WrongRequest } from './wrong-request.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const parsed = (search: string, body = '') => parseRequest(parametersOf(search, body), 'Europe/Moscow', NOW)
const asked = (search: string, body?: string) => parsed(search, body).request.asked
const ids = (...all: readonly string[]) => ({ kind: 'ids', ids: all })
const trouble = (search: string, body?: string): string => {
  try {
    return JSON.stringify(parsed(search, body))
  } catch (error) {
    if (error instanceof WrongRequest) return `${error.status} ${error.message}`
    throw error
  }
}

describe('given the parameters of a request', () => {
  test('when they name ids in any way, then all of them are meant, each once', () => {
    expect(asked('id=1.1&id=2.2&id=1.1')).toEqual(ids('1.1', '2.2'))
    expect(asked('id=1.1,2.2;3.3')).toEqual(ids('1.1', '2.2', '3.3'))
    expect(asked('id[]=1.1&id[]=2.2')).toEqual(ids('1.1', '2.2'))
    expect(asked('', 'id[0]=1.1&id[1]=pbx-2.2')).toEqual(ids('1.1', 'pbx-2.2'))
    expect(asked('', '{"id":["1.1","2.2#2"]}')).toEqual(ids('1.1', '2.2#2'))
    expect(asked('', ' {"id":"1.1"}')).toEqual(ids('1.1'))
  })

  test('when they tell a time, then it reaches to the end of what was said, and never beyond now', () => {
    const from = Date.UTC(2026, 10, 18, 21)
    expect(asked('start_date=2026-11-19')).toEqual({ kind: 'period', from })
    expect(asked('start_date=2026-11-19&end_date=2026-11-19')).toEqual({ kind: 'period', from, to: from + 86_399_999 })
    expect(asked('start_date=2026-11-19&end_date=2026-11-20')).toEqual({ kind: 'period', from, to: NOW })
    expect(asked('', '{"start_date":1795035600,"end_date":"2026-11-19 23:59:59"}')).toEqual({
      ...{ kind: 'period', from, to: from + 86_399_999 },
    })
  })

  test('when they say how, then it is done so; otherwise quietly, at once, and for good', () => {
    expect(parsed('id=1.1')).toMatchObject({ asJob: false, request: { dry: false, effects: 'quiet', compare: false } })
    expect(parsed('id=1.1&dry=1&effects=all&compare=crm&job=yes')).toMatchObject({
      ...{ asJob: true, request: { dry: true, effects: 'all', compare: true } },
    })
    expect(parsed('dry=1', '{"id":["1.1"]}')).toMatchObject({ request: { dry: true } })
    expect(parsed('', '{"id":["1.1"],"dry":false}')).toMatchObject({ request: { dry: false } })
  })

  test('when they make no sense, then the cure is told', () => {
    expect(trouble('')).toMatch(/^400 Say which calls: an id or a start_date, for example \?id=/)
    expect(trouble('end_date=2026-11-19')).toMatch(/^400 Say which calls/)
    expect(trouble('id=1.1&start_date=2026-11-19')).toMatch(/^400 Ask either for ids or for a period/)
    expect(trouble('id=1.1&Dry=1')).toMatch(/^400 There is no parameter "Dry"; there are id, start_date/)
    expect(trouble('id=1.1&dry=perhaps')).toBe('400 "dry" is 1 or 0.')
    expect(trouble('id=1.1&effects=some')).toBe('400 "effects" is one of quiet, all.')
    expect(trouble('start_date=2027-01-01')).toMatch(/^400 start_date lies in the future/)
    expect(trouble('start_date=2026-11-19&start_date=2026-11-18')).toBe('400 "start_date" is given more than once.')
    expect(trouble(`id=${'1'.repeat(200)}`)).toMatch(/^400 "1{60}" is no id of a call/)
    expect(trouble('', '{"id":[1.1]}')).toMatch(/^400 Ids are texts/)
    expect(trouble('', '{"id":["1.1"],"dry":null}')).toBe('400 "dry" is neither a text nor a number.')
    expect(trouble('', '{oops')).toMatch(/^400 The body is no JSON/)
    expect(trouble('', '["1.1"]')).toMatch(/^400 Send an object/)
    const many = Array.from({ length: 100_001 }, (_, index) => `${index}.1`).join(',')
    expect(trouble('', `id=${many}`)).toMatch(/^413 At most 100000 ids/)
  })

  test('when two ask for the same, then they are known by it, whatever the order', () => {
    const key = (search: string) => keyOf(parsed(search).request)
    expect(key('id=1.1&id=2.2')).toBe(key('id=2.2,1.1'))
    expect(key('id=1.1')).not.toBe(key('id=1.1&dry=1'))
    expect(key('start_date=2026-11-19')).not.toBe(key('start_date=2026-11-19&end_date=2026-11-19'))
  })
})
