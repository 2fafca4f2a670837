import { expect, test } from 'vitest'
import { parseChannelName } from './channel-name.ts'

test.each([
  ['PJSIP/101-00000003', 'PJSIP', '101'],
  ['PJSIP/trunk-main-0000000a', 'PJSIP', 'trunk-main'],
  ['SIP/101-00000001<ZOMBIE>', 'SIP', '101'],
  ['DAHDI/i1/79221532327-1', 'DAHDI', 'i1'],
  ['IAX2/branch-1234', 'IAX2', 'branch'],
  ['Snoop/1795164754.2-00000001', 'Snoop', '1795164754.2'],
  ['', '', ''],
  ['odd', '', 'odd'],
])('given %s, then technology and endpoint are told apart', (name, technology, endpoint) => {
  expect(parseChannelName(name)).toEqual({ technology, endpoint, pair: undefined, half: undefined })
})

test('given both halves of a Local channel, then they share the pair', () => {
  const [one, two] = ['Local/600@from-queue-0000001a;1', 'Local/600@from-queue-0000001a;2'].map(parseChannelName)
  expect(one).toEqual({ technology: 'Local', endpoint: '600', pair: '600@from-queue-0000001a', half: 1 })
  expect(two).toEqual({ ...one, half: 2 })
})
