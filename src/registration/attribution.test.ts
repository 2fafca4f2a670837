import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { attribute, type CallPeople } from './attribution.ts'

const anna = { extension: '101', user: 7000001 }
const boris = { extension: '102', user: 7000002 }
const hall = { extension: '555' }
const inbound: CallPeople = { direction: 'in', tried: [], defaultUser: 7000009 }
const outbound: CallPeople = { ...inbound, direction: 'out' }

describe('given an answered call', () => {
  test('it belongs to whoever talked last, not to the owner of the client', () => {
    assert.deepEqual(attribute({ ...inbound, talked: anna }, 7000002), {
      person: 7000001,
      author: 7000001,
      reason: 'talked-last',
    })
  })

  test('an extension the CRM does not know is told as text, and the default user is the author', () => {
    assert.deepEqual(attribute({ ...inbound, talked: hall }, 7000002), {
      person: '555',
      author: 7000009,
      reason: 'talked-last',
    })
  })
})

describe('given a missed call', () => {
  test('it belongs to the owner of the client', () => {
    assert.equal(attribute({ ...inbound, tried: [boris] }, 7000001).person, 7000001)
    assert.equal(attribute({ ...inbound, tried: [boris] }, 7000001).reason, 'owner-of-client')
  })

  test('without an owner it belongs to the last person rung whom the CRM knows', () => {
    for (const owner of [undefined, 0]) {
      assert.deepEqual(attribute({ ...inbound, tried: [anna, boris, hall] }, owner), {
        person: 7000002,
        author: 7000002,
        reason: 'last-tried',
      })
    }
  })

  test('without anybody the CRM knows it goes to the default user, and the extension stays visible', () => {
    assert.deepEqual(attribute({ ...inbound, tried: [hall] }, undefined), {
      person: '555',
      author: 7000009,
      reason: 'default-user',
    })
    assert.deepEqual(attribute(inbound, undefined), { person: 7000009, author: 7000009, reason: 'default-user' })
  })

  test('without a default user nobody is invented', () => {
    assert.deepEqual(attribute({ direction: 'in', tried: [] }, undefined), {
      person: undefined,
      author: undefined,
      reason: 'nobody',
    })
  })
})

test('given an outbound call nobody took, it belongs to whoever called, not to the owner of the client', () => {
  assert.deepEqual(attribute({ ...outbound, tried: [anna] }, 7000002), {
    person: 7000001,
    author: 7000001,
    reason: 'last-tried',
  })
})
