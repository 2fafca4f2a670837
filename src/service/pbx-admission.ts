import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Secret } from '../config/secret.ts'
import { isHome, isThisMachine } from '../http/networks.ts'

/** Whether a script of the PBX may ask. */
export type Admission = 'admitted' | 'no-token' | 'wrong-place'

/**
 * Without a token configured only this machine is answered; a request that a proxy has passed on is not this machine's. With one, the own
 * network is, and everybody must send it (design section 7).
 */
export function pbxAdmission(
  token: Secret | undefined,
): (request: IncomingMessage, sent: string | undefined) => Admission {
  const known = token && digest(token.reveal())
  return ({ socket, headers }, sent) => {
    if (!isHome(socket.remoteAddress)) return 'wrong-place'
    if (known) return sent !== undefined && timingSafeEqual(known, digest(sent)) ? 'admitted' : 'no-token'
    const passedOn = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined
    return isThisMachine(socket.remoteAddress) && !passedOn ? 'admitted' : 'wrong-place'
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
