import type { Logger } from 'pino'
import type { Config } from '../../src/config/schema.ts'
import type { Transport } from '../../src/crm/amocrm/transport.ts'
import { noHooks } from '../../src/registration/hooks.ts'
import { createRegistrar, type Registrar } from '../../src/registration/registrar.ts'
import { type CrmSide, createCrmSide } from '../../src/service/crm-side.ts'
import { registrationSettings } from '../../src/service/settings.ts'
import type { Store } from '../../src/store/ports.ts'
import { createLife, type Life } from './mortal.ts'

/** One process of the service, from its start to its death: everything that speaks with the CRM, as the service puts it together. */
export interface ServiceLife {
  readonly life: Life
  readonly side: CrmSide
  readonly registrar: Registrar
  /** Ends it in order. */
  stop(): Promise<void>
}

export interface ServiceLifeOptions {
  readonly config: Config
  readonly store: Store
  readonly transport: Transport
  readonly now: () => number
  readonly random: () => number
  readonly log: Logger
}

export function beginLife({ config, store, transport, now, random, log }: ServiceLifeOptions): ServiceLife {
  const life = createLife()
  const own = life.of(store)
  const settings = registrationSettings(config, 0)
  const side = createCrmSide({
    config,
    store: own,
    log,
    now,
    random,
    registration: { settings: () => settings, hooks: noHooks, recordingUrl: () => undefined },
    transport: (request, signal) => life.live(() => transport(request, signal)),
  })
  const registrar = createRegistrar({
    journal: own.journal,
    callbackTasks: own.callbackTasks,
    outbox: own.outbox,
    pbx: config.service.pbx,
    settings: () => settings,
    hooks: noHooks,
    clickedOn: () => undefined,
  })
  const stop = new AbortController()
  const running = Promise.all([side.outbox.run(stop.signal), side.sync.run(stop.signal)])
  return {
    life,
    side,
    registrar,
    async stop() {
      stop.abort()
      await running
    },
  }
}
