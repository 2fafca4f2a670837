import type { BridgeClass, BridgeFacts } from '../calls/call-event.ts'
import type { CelRow } from './cel-row.ts'

/** Tells which bridge a row speaks of. Schemas without `extra` name only the other channels in it. */
export interface CelBridges {
  /** Every row, in order: parking is told before the bridge is entered. */
  see(row: CelRow): void
  entered(row: CelRow): BridgeFacts
  left(row: CelRow): BridgeFacts
}

export function createCelBridges(): CelBridges {
  const byChannel = new Map<string, BridgeFacts>()
  const parked = new Set<string>()
  let made = 0

  function fromPeers(row: CelRow): BridgeFacts {
    const known = row.peer
      .split(',')
      .map((name) => byChannel.get(name.trim()))
      .find((bridge) => bridge !== undefined)
    made += 1
    return known ?? { id: `bridge-${made}`, class: classOf(row) }
  }

  /** CEL names the technology and what the channel executes; the class follows from both. */
  function classOf(row: CelRow): BridgeClass {
    if (parked.has(row.uniqueid)) return 'parking'
    if (row.extra['bridge_technology'] === 'holding_bridge' || /^(BridgeWait|AgentLogin)$/i.test(row.app))
      return 'holding'
    if (/^(ConfBridge|MeetMe|Page)$/i.test(row.app)) return 'conference'
    return /^Stasis$/i.test(row.app) ? 'stasis' : 'basic'
  }

  return {
    see(row) {
      if (row.type === 'PARK_START') parked.add(row.uniqueid)
      if (row.type === 'PARK_END') parked.delete(row.uniqueid)
    },
    entered(row) {
      const id = row.extra['bridge_id']
      const bridge = typeof id === 'string' ? { id, class: classOf(row) } : fromPeers(row)
      byChannel.set(row.channel, bridge)
      return bridge
    },
    left(row) {
      const id = row.extra['bridge_id']
      const bridge = typeof id === 'string' ? { id, class: classOf(row) } : byChannel.get(row.channel)
      byChannel.delete(row.channel)
      return bridge ?? { id: 'unknown', class: 'basic' }
    },
  }
}
