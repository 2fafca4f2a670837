import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { StoredCallNote } from '../../crm/port.ts'
import { adoptableNote } from './adoption.ts'

const start = Date.parse('2026-11-20T08:52:34Z')
const client = { kind: 'contact', id: 501 } as const
const call = { uniq: 'main/17.2', direction: 'in', phone: '+79221532327', startedAt: start } as const

function note(change: Partial<StoredCallNote>): StoredCallNote {
  const stranger = {
    id: 1,
    entity: client,
    uniq: 'mango-77',
    direction: 'in',
    phone: '89221532327',
    talkSeconds: 5,
  } as const
  return { ...stranger, startedAt: start, ...change }
}
const adopted = (...notes: Partial<StoredCallNote>[]) => adoptableNote(notes.map(note), call, client)?.id

describe('given a late call', () => {
  test('a note with our own uniq is this call, wherever and whenever it stands', () => {
    assert.equal(adopted({ id: 2, uniq: 'main/17.2', entity: { kind: 'lead', id: 9 }, startedAt: 0 }), 2)
  })

  test('a stranger’s note with the same direction and a start within ten seconds is this call', () => {
    assert.equal(adopted({ startedAt: start + 10_000 }), 1)
    assert.equal(adopted({ startedAt: start - 10_000, phone: '' }), 1)
  })

  test('of several the nearest is taken', () => {
    assert.equal(adopted({ id: 1, startedAt: start + 9_000 }, { id: 2, startedAt: start - 2_000 }), 2)
  })

  test('what differs in start, direction, client or phone is another call', () => {
    assert.equal(adopted({ startedAt: start + 10_001 }), undefined)
    assert.equal(adopted({ direction: 'out' }), undefined)
    assert.equal(adopted({ entity: { kind: 'company', id: 501 } }), undefined)
    assert.equal(adopted({ phone: '+79990000000' }), undefined)
  })

  test('our own note of another call is another call, however near: the client redialled', () => {
    assert.equal(adopted({ uniq: 'main/17.9', startedAt: start + 4_000 }), undefined)
  })

  test('with nothing there, nothing is adopted', () => {
    assert.equal(adopted(), undefined)
  })
})
