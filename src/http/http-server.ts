import type Router from 'koa-router'
import type { Logger } from 'pino'
import type { CertificateFiles } from './certificate.ts'
import { createHttpApp } from './http-app.ts'
import { openDoor, type SocketDoor } from './http-door.ts'

export interface HttpDeps {
  readonly host: string
  readonly port: number
  readonly https?: CertificateFiles & { readonly port: number }
  readonly routers: readonly Router[]
  /** WebSocket doors by path. */
  readonly sockets: Readonly<Record<string, SocketDoor>>
  readonly log: Logger
}

export interface HttpServer extends AsyncDisposable {
  /** The plain port; differs from the one asked for when that was 0. */
  readonly port: number
  readonly securePort: number | undefined
}

/** Opens the plain door, and the secure one where there is a certificate. @throws HttpDoorError, CertificateError */
export async function openHttp({ host, port, https, routers, sockets, log }: HttpDeps): Promise<HttpServer> {
  await using opened = new AsyncDisposableStack()
  const answer = createHttpApp(routers, log).callback()
  const plain = opened.use(await openDoor({ host, port, answer, sockets, log }))
  const secure =
    https && opened.use(await openDoor({ host, port: https.port, certificate: https, answer, sockets, log }))
  const closing = opened.move()
  return { port: plain.port, securePort: secure?.port, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}
