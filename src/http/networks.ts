import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Loopback, private and link-local ranges (RFC 1918, RFC 4193, RFC 3927, RFC 4291). */
const home = new BlockList()
home.addSubnet('127.0.0.0', 8, 'ipv4')
home.addSubnet('10.0.0.0', 8, 'ipv4')
home.addSubnet('172.16.0.0', 12, 'ipv4')
home.addSubnet('192.168.0.0', 16, 'ipv4')
home.addSubnet('169.254.0.0', 16, 'ipv4')
home.addAddress('::1', 'ipv6')
home.addSubnet('fc00::', 7, 'ipv6')
home.addSubnet('fe80::', 10, 'ipv6')

const thisMachine = new BlockList()
thisMachine.addSubnet('127.0.0.0', 8, 'ipv4')
thisMachine.addAddress('::1', 'ipv6')

/** Whether an address is this machine's or its own network's. An IPv4 address in IPv6 clothes counts as what it is. */
export function isHome(address: string | undefined): boolean {
  return isIn(home, address)
}

/** Whether an address is this machine's own (loopback). */
export function isThisMachine(address: string | undefined): boolean {
  return isIn(thisMachine, address)
}

function isIn(list: BlockList, address: string | undefined): boolean {
  if (!address) return false
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

/** Whether a token may be taken from this request: over TLS, or from the own network (design section 7). */
export function mayCarryTokens(request: IncomingMessage): boolean {
  return request.socket instanceof TLSSocket || isHome(request.socket.remoteAddress)
}
