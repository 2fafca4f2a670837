import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A wire between the service and something it talks to, which can be cut. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Where connections go from now on, on 127.0.0.1. */
  target(port: number): void
  /** Breaks every connection, and takes no new one until it is mended. */
  cut(): void
  mend(): void
}

export async function startTcpProxy(): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let targetPort = 0
  let whole = true
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }
  const server = createServer((near) => {
    if (!whole) {
      near.destroy()
      return
    }
    const far = connect(targetPort, '127.0.0.1')
    keep(near, far)
    keep(far, near)
    near.pipe(far)
    far.pipe(near)
  })
  const cut = (): void => {
    whole = false
    for (const socket of sockets) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    target: (port) => {
      targetPort = port
    },
    cut,
    mend: () => {
      whole = true
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
