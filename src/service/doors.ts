import type Router from 'koa-router'
import type { CardSocket } from '../cards/card-socket.ts'
import type { Config } from '../config/schema.ts'
import { openHttp } from '../http/http-server.ts'
import type { Observer } from '../watching/observer.ts'
import type { ControlDesk } from './control/control-desk.ts'
import { openControlSocket } from './control/control-socket.ts'

export interface DoorsDeps {
  readonly config: Config
  readonly routers: readonly Router[]
  readonly cards: CardSocket
  readonly desk: ControlDesk
  /** What commands of this machine may ask for. */
  readonly controlRouters: readonly Router[]
  readonly logOf: Observer['logOf']
}

/**
 * Everything that can be knocked at: HTTP, HTTPS with the cards' WebSocket, and the socket for this machine's own commands.
 * @throws HttpDoorError, CertificateError when one cannot be opened
 */
export async function openDoors(deps: DoorsDeps): Promise<AsyncDisposable & { readonly port: number }> {
  const { config, routers, cards, desk, controlRouters, logOf } = deps
  const { host, port, https } = config.webserver
  await using opened = new AsyncDisposableStack()
  const http = opened.use(
    await openHttp({
      ...{ host, port, routers, log: logOf('http') },
      ...(https && { https }),
      sockets: { '/crm/cardws': cards },
    }),
  )
  opened.use(await openControlSocket(config.service.directory, desk, logOf('config'), controlRouters))
  const closing = opened.move()
  return { port: http.port, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}
