import { randomBytes } from 'node:crypto'
import type { Middleware } from 'koa'
import type Router from 'koa-router'
import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import { readTextBody } from '../http/json-body.ts'
import { isHome } from '../http/networks.ts'
import { revived } from '../outbox/dead-letters.ts'
import { createReadCall, type ReadCallTiming } from '../read-call/read-call.ts'
import { readCallRouter } from '../read-call/router.ts'
import type { Reconciliation } from '../reconciliation/pass.ts'
import type { RegistrationPort } from '../reconciliation/registration-port.ts'
import { notesOfCall } from '../registration/note-changes.ts'
import type { OutboxStore, Store } from '../store/ports.ts'
import type { LiveConfig } from './live-config.ts'

export interface ReadCallSideDeps {
  readonly live: LiveConfig
  readonly store: Pick<Store, 'readCallJobs' | 'outbox'>
  readonly reconciliation: Reconciliation | undefined
  readonly registration: Pick<RegistrationPort, 'standing'>
  readonly administrators: Middleware
  readonly wakeOutbox: () => void
  readonly log: Logger
  readonly now: () => number
  readonly timing?: Partial<ReadCallTiming> | undefined
}

/** `/pbx/read_call`: for administrators of the own network, and for `callweave backfill` through the control socket. */
export interface ReadCallSide extends AsyncDisposable {
  readonly router: Router
  readonly controlRouter: Router
}

/** @throws StoreError */
export async function createReadCallSide(deps: ReadCallSideDeps): Promise<ReadCallSide> {
  const { live, store, reconciliation, registration, administrators, wakeOutbox, log, now, timing } = deps
  const readCall = await createReadCall({
    ...{ reconciliation, jobs: store.readCallJobs, log, now, timing },
    newId: () => randomBytes(6).toString('hex'),
    standing: registration.standing,
    async sendAgain(callId) {
      const again = await sendAgain(store.outbox, `${live.current().service.pbx}/${callId}`, now())
      if (again > 0) wakeOutbox()
      return again
    },
  })
  const common = { readCall, readText: readTextBody, timeZone: () => zoneOf(live.current()), now }
  const guard: Middleware = (ctx, next) => {
    if (!isHome(ctx.req.socket.remoteAddress))
      ctx.throw(403, 'This door answers this machine and its own network only.')
    return administrators(ctx, next)
  }
  return {
    router: readCallRouter({ ...common, guard }),
    controlRouter: readCallRouter({ ...common, guard: (_, next) => next() }),
    [Symbol.asyncDispose]: () => readCall[Symbol.asyncDispose](),
  }
}

/** The zone that scripts write dates in: the tables', else that of the opening hours, else this machine's. */
function zoneOf({ database, hours }: Config): string {
  return database?.timeZone ?? hours?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}

const KINDS = ['client', 'lead', 'task', 'cards', 'task-done']

/** Whatever the CRM refused of a call waits again. @returns how many jobs */
async function sendAgain(jobs: Pick<OutboxStore, 'get' | 'change'>, uniq: string, now: number): Promise<number> {
  const own = await Promise.all(KINDS.map((kind) => jobs.get(`${uniq}:${kind}`)))
  const all = [...own, ...(await notesOfCall(jobs, uniq))]
  const dead = all.filter((job) => job?.state === 'dead').filter((job) => job !== undefined)
  const changes = revived(dead, undefined, now)
  if (changes.length > 0) await jobs.change(changes)
  return changes.length
}
