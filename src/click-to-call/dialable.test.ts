import { describe, expect, test } from 'vitest'
import { type DialRules, dialable } from './dialable.ts'

const rules: DialRules = {
  country: 'RU',
  countries: new Set(['RU']),
  paid: false,
  colleagues: new Set(['101', '102', '2000']),
}
const asked = (phone: string, change: Partial<DialRules> = {}) => dialable(phone, '101', { ...rules, ...change })
const why = (phone: string, change?: Partial<DialRules>) => {
  const found = asked(phone, change)
  return found.kind === 'refused' ? found.why : found
}

describe('given a client’s number as people write it', () => {
  test.each([
    ['+79221532327', '+79221532327'],
    ['8 (922) 153-23-27', '+79221532327'],
    ['79221532327', '+79221532327'],
    ['9221532327', '+79221532327'],
    ['+7 922 153–23–27', '+79221532327'],
    ['8-800-100-00-01', '+78001000001'],
  ])('when %s is clicked, then %s is dialled', (phone, number) => {
    expect(asked(phone)).toEqual({ kind: 'client', number })
  })
})

describe('given text that a PBX would take for something else', () => {
  test.each([
    ['*21*79221532327#', 'feature-code'],
    ['##', 'feature-code'],
    ['*8', 'feature-code'],
    ['+7922*1532327', 'feature-code'],
    ['101&PJSIP/x', 'not-a-number'],
    ['79221532327@trunk', 'not-a-number'],
    ['79221532327,30,tT', 'not-a-number'],
    ['+7999;phone-context=x', 'not-a-number'],
    ['sip:79221532327', 'not-a-number'],
    ['$' + '{SHELL(id)}', 'not-a-number'],
    ['79221532327\r\nVariable: X=1', 'not-a-number'],
    ['7922153\n2327', 'not-a-number'],
    ['7922153\t2327', 'not-a-number'],
    ['7922153\u00002327', 'not-a-number'],
    ['٧٩٢٢١٥٣٢٣٢٧', 'not-a-number'],
    ['７９２２１５３２３２７', 'not-a-number'],
    ['++79221532327', 'not-a-number'],
    ['7922+1532327', 'not-a-number'],
    ['89221532327w12', 'not-a-number'],
    ['8 922 153-23-27 доб. 12', 'not-a-number'],
    ['1'.repeat(30), 'not-a-number'],
    ['1'.repeat(18), 'not-a-number'],
    ['', 'not-a-number'],
    ['+', 'not-a-number'],
    ['anonymous', 'not-a-number'],
    ['+89221532327', 'not-a-number'],
    ['1532327', 'not-a-number'],
  ])('when %j is clicked, then it is refused: %s', (phone, code) => {
    expect(why(phone)).toBe(code)
  })
})

describe('given short numbers', () => {
  test('when a colleague of the staff list is clicked, then the extension is dialled', () => {
    expect(asked('102')).toEqual({ kind: 'colleague', extension: '102' })
    expect(asked('2000')).toEqual({ kind: 'colleague', extension: '2000' })
  })
  test.each(['103', '112', '911', '01', '0', '3000', '123456', '+102'])(
    'when %s, which is nobody of the list, is clicked, then it is refused',
    (phone) => expect(why(phone)).toBe('short-number'),
  )
  test('when the own extension is clicked, then it is refused', () => {
    expect(why('101')).toBe('own-extension')
  })
})

describe('given numbers that cost', () => {
  test.each(['8-809-123-45-67', '+78091234567', '8 (803) 123-45-67', '+78081234567'])(
    'when %s is clicked, then it is refused unless paid numbers are allowed',
    (phone) => {
      expect(why(phone)).toBe('paid-number')
      expect(asked(phone, { paid: true }).kind).toBe('client')
    },
  )
  test.each(['+449091234567', '+448431234567', '+445512345678', '+19005551234'])(
    'when %s of an allowed country is clicked, then its paid ranges are refused too',
    (phone) => expect(why(phone, { countries: new Set(['RU', 'GB', 'US']) })).toBe('paid-number'),
  )
})

describe('given numbers of other countries', () => {
  test.each(['+442079460000', '+77011234567', '810442079460000', '+882161234567', '+8001234567'])(
    'when %s is clicked, then it never passes while only the own country may be called',
    (phone) => expect(asked(phone).kind).toBe('refused'),
  )
  test('when the country is allowed, then it passes; its neighbour under the same code does not', () => {
    const countries = new Set(['RU', 'GB'])
    expect(asked('+442079460000', { countries })).toEqual({ kind: 'client', number: '+442079460000' })
    expect(why('+77011234567', { countries })).toBe('foreign-number')
  })
})
