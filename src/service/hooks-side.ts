import { dirname, join, resolve } from 'node:path'
import { getuid } from 'node:process'
import type { Logger } from 'pino'
import type { Call } from '../calls/call.ts'
import type { ClientOnCard } from '../cards/card.ts'
import type { Click } from '../click-to-call/click.ts'
import type { ChangeOriginate } from '../click-to-call/ring-phone.ts'
import type { Config } from '../config/schema.ts'
import type { CrmRawRequests } from '../crm/raw-requests.ts'
import { createHooks, type Hooks } from '../hooks/hooks.ts'
import type { HookPoint } from '../hooks/points.ts'
import type { RecordedCall } from '../recordings/recorded-call.ts'
import type { HookContext, RegistrationHooks } from '../registration/hooks.ts'
import type { Registrar } from '../registration/registrar.ts'
import type { ChangeRoute } from '../routing/changed-route.ts'
import type { Store } from '../store/ports.ts'
import { createHookFacts, extensionsOf, type HookFactsDeps } from './hook-facts.ts'
import { createHookWitness } from './hook-witness.ts'

export interface HooksSideDeps extends HookFactsDeps {
  readonly store: HookFactsDeps['store'] & Pick<Store, 'decisions'>
  /** The configuration's file: hooks lie beside it. */
  readonly configFile: string | undefined
  /** At the hooks' share of our pace. */
  readonly ask: CrmRawRequests['ask']
  readonly log: Logger
  readonly now: () => number
  readonly lookMs?: number | undefined
}

/** Customers' hooks in the words of the rooms that ask them. Nothing here rejects: without an answer the value goes on as it was. */
export interface HooksSide extends AsyncDisposable {
  readonly registration: RegistrationHooks
  readonly changeRoute: ChangeRoute
  readonly changeOriginate: ChangeOriginate
  rename(name: string, call: RecordedCall): Promise<string>
  shownClient(client: ClientOnCard, call: Call): Promise<ClientOnCard>
  /** The same registrar; hooks are told of a call before the journal has it. */
  knowing(registrar: Registrar): Registrar
  status(): ReturnType<Hooks['status']>
}

const CONFIG_FILE = '/etc/callweave/config.json'
/** A recording is looked for every few seconds until it is there. */
const NAMES_REMEMBERED_MS = 60_000
const MOST_NAMES = 1_000

export function hooksDirectory({ hooks }: Pick<Config, 'hooks'>, configFile: string | undefined): string {
  return hooks.directory ?? join(dirname(resolve(configFile ?? CONFIG_FILE)), 'hooks')
}

export async function createHooksSide(deps: HooksSideDeps): Promise<HooksSide> {
  const { live, store, configFile, ask, log, now, lookMs } = deps
  const config = live.current()
  await using opened = new AsyncDisposableStack()
  const hooks = config.hooks.enabled
    ? opened.use(
        await createHooks({
          directory: hooksDirectory(config, configFile),
          owners: new Set([0, getuid?.() ?? 0]),
          settings: () => live.current().hooks,
          ask: async (method, ...request) => {
            if (method !== 'GET' && config.service.mode !== 'on')
              throw new Error('the service only watches: nothing is written to the CRM')
            return ask(method, ...request)
          },
          log,
          now,
          ...(lookMs !== undefined && { lookMs }),
        }),
      )
    : switchedOff
  const facts = createHookFacts(deps)
  const witness = opened.use(createHookWitness({ pbx: config.service.pbx, decisions: store.decisions, log, now }))

  /** The value as the hook changed it, else undefined. */
  async function question(
    point: HookPoint,
    value: unknown,
    callId: string | undefined,
    input: () => Promise<object | undefined>,
  ): Promise<unknown> {
    if (!hooks.has(point)) return undefined
    try {
      const told = await input()
      if (!told) return undefined
      const outcome = await hooks.run(point, value, { point, value, ...told })
      witness.tell(point, callId, value, outcome)
      return outcome.kind === 'changed' ? outcome.value : undefined
    } catch (error) {
      log.error({ hook: point, call: callId, error: String(error) }, 'a hook could not be asked')
      return undefined
    }
  }

  async function aboutCall(call: Call | undefined, stage: string, client?: HookContext['client']) {
    if (!call) return undefined
    const told = await facts.tell({ phone: call.client, line: call.line, extensions: extensionsOf(call), client })
    return { stage, call, ...told }
  }

  const beingRegistered = new Map<string, Call>()
  const knowing = (registrar: Registrar): Registrar => ({
    ...registrar,
    register: async (call, ...how) => {
      beingRegistered.set(call.id, call)
      try {
        return await registrar.register(call, ...how)
      } finally {
        beingRegistered.delete(call.id)
      }
    },
  })

  /** A call that found its id taken is registered under the next `#n`. */
  const callOf = async (id: string): Promise<Call | undefined> =>
    beingRegistered.get(id) ?? (await facts.callOf(id)) ?? beingRegistered.get(id.replace(/#\d+$/, ''))

  const registration: RegistrationHooks = {
    has: hooks.has,
    run: async (point, value, { call, client }) => {
      const id = call.uniq.slice(call.uniq.indexOf('/') + 1)
      const input = async () => aboutCall(await callOf(id), call.moment, client)
      const changed = await question(point, value, id, input)
      if (point === 'need-registration') return changed === undefined || changed === true
      return changed
    },
  }

  const changeRoute: ChangeRoute = async (proposal, { number, displayName, did, at, linkedid }, route) => {
    const changed = await question('routing', proposal, linkedid, async () => {
      const { why, skipped } = route
      const passed = skipped.flatMap(({ extension }) => extension ?? [])
      const extensions = proposal.extension === '' ? passed : [proposal.extension, ...passed]
      const told = await facts.tell({ phone: number, line: did, extensions })
      return { stage: 'arrival', question: { number, displayName, at, why, skipped }, ...told }
    })
    return changed as Awaited<ReturnType<ChangeRoute>>
  }

  const changeOriginate: ChangeOriginate = async (proposal, click) => {
    const changed = await question('originate', proposal, click.call, async () => {
      const told = await facts.tell({ phone: click.number, line: '', extensions: [click.extension] })
      return { stage: 'click', click: clickOf(click), ...told }
    })
    return (changed as typeof proposal | undefined) ?? proposal
  }

  const names = new Map<string, { readonly at: number; readonly name: Promise<string> }>()
  const rename: HooksSide['rename'] = (name, call) => {
    if (!hooks.has('recording-path')) return Promise.resolve(name)
    const key = `${call.id}\0${name}`
    const known = names.get(key)
    if (known && now() - known.at < NAMES_REMEMBERED_MS) return known.name
    const input = async () => aboutCall(await facts.callOf(call.id), 'end')
    const renamed = question('recording-path', name, call.id, input).then(
      (changed) => (changed as string | undefined) ?? name,
    )
    names.delete(key)
    names.set(key, { at: now(), name: renamed })
    for (const oldest of [...names.keys()].slice(0, Math.max(0, names.size - MOST_NAMES))) names.delete(oldest)
    return renamed
  }

  const shownClient: HooksSide['shownClient'] = async (client, call) => {
    const changed = await question('card', client, call.id, () => aboutCall(call, call.answered ? 'answer' : 'ring'))
    return (changed as ClientOnCard | undefined) ?? client
  }

  const closing = opened.move()
  return {
    ...{ knowing, registration, changeRoute, changeOriginate, rename, shownClient },
    status: hooks.status,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

const switchedOff: Pick<Hooks, 'has' | 'run' | 'status'> = {
  has: () => false,
  run: async () => ({ kind: 'unchanged' }),
  status: () => ({}),
}

function clickOf({ extension, number, entity }: Click) {
  return { extension, number, ...(entity && { entity: { kind: entity.kind, id: entity.id } }) }
}
