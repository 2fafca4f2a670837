import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { WebSocket } from 'ws'
import type { AriAddress } from './lab.ts'

export interface AriRecorder extends AsyncDisposable {
  /** Messages written so far. */
  count(): number
}

/** Appends every raw ARI message to a file, one a line, until it is disposed. It uses an application of its own, so nobody's calls enter it. */
export async function recordAri(ari: AriAddress, file: string): Promise<AriRecorder> {
  const url = `${ari.url.replace(/^http/, 'ws')}/ari/events?app=callweave-lab-recorder&subscribeAll=true`
  const authorization = `Basic ${Buffer.from(`${ari.user}:${ari.password}`).toString('base64')}`
  const socket = new WebSocket(url, { headers: { authorization } })
  let count = 0
  socket.on('message', (data) => {
    appendFileSync(file, `${data.toString()}\n`)
    count++
  })
  await once(socket, 'open')
  return {
    count: () => count,
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.CLOSED) return
      socket.close()
      const late = setTimeout(() => socket.terminate(), 1000)
      await once(socket, 'close')
      clearTimeout(late)
    },
  }
}
