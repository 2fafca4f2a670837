import { expect, test } from 'vitest'
import { type Ports, portsOf, SLOTS } from './ports.ts'

test('no port belongs to two slots, or twice to one', () => {
  const all = SLOTS.flatMap((slot) => signallingPorts(portsOf(slot)))
  expect(new Set(all).size).toBe(all.length)
  expect(Math.max(...all)).toBeLessThan(10_000)
})

test('no media range reaches into another slot', () => {
  const ranges = SLOTS.map((slot) => portsOf(slot)).flatMap((ports) => [
    [ports.rtpStart, ports.rtpEnd],
    [ports.trunkMedia, ports.trunkMedia + 20 * (ports.trunkCallers.length + 1) - 1],
    ...Object.values(ports.phones).map((phone) => phone.rtp.split('-').map(Number)),
  ])
  const sorted = ranges.map(([first = 0, last = 0]) => ({ first, last })).sort((a, b) => a.first - b.first)
  for (const [index, range] of sorted.entries()) {
    expect(range.first).toBeLessThan(range.last)
    expect(sorted[index - 1]?.last ?? 0).toBeLessThan(range.first)
  }
})

/** baresip takes two SIP ports: its own and the next for TLS. */
function signallingPorts(ports: Ports): number[] {
  const phones = Object.values(ports.phones).flatMap((phone) => [phone.sip, phone.sip + 1, phone.control])
  return [ports.sip, ports.ari, ports.database, ports.trunkCallee, ...ports.trunkCallers, ...phones]
}
