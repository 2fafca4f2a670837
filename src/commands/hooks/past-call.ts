import { existsSync } from 'node:fs'
import type { Call } from '../../calls/call.ts'
import type { Config } from '../../config/schema.ts'
import { ClientResult, type KnownClient } from '../../registration/handlers/client-result.ts'
import type { Store, StoredJob } from '../../store/ports.ts'
import { openStoreForReading } from '../../store/sqlite/open-for-reading.ts'
import type { CommandIo } from '../command.ts'
import { InputError } from '../input-error.ts'
import { callsInFile } from '../interpret.ts'
import { readInterpretConfig } from '../interpret-config.ts'

/** A call that was, and what the service knew when it was registered. */
export interface PastCall extends Disposable {
  readonly call: Call
  /** Whom it was with; made up where nobody knows. */
  readonly client: KnownClient
  readonly job: (name: string) => Promise<StoredJob | undefined>
  readonly memory: PastMemory
}

interface PastMemory {
  readonly contactIndex: Pick<Store['contactIndex'], 'lookup'>
  readonly leads: Pick<Store['leads'], 'openLeadsOf'>
}

export interface PastCallOptions {
  readonly config: Config
  readonly configFile: string
  /** The service's own state. */
  readonly database: string
  /** An id, or a recording. */
  readonly named: string
}

/** @throws InputError, StoreError */
export async function findPastCall(options: PastCallOptions, io: CommandIo): Promise<PastCall> {
  return existsSync(options.named) ? recorded(options, io) : journalled(options)
}

async function journalled({ config, database, named }: PastCallOptions): Promise<PastCall> {
  const { pbx } = config.service
  using stack = new DisposableStack()
  const store = stack.use(openStoreForReading(database))
  const id = named.startsWith(`${pbx}/`) ? named.slice(pbx.length + 1) : named
  const entry = await store.journal.find(pbx, id)
  if (!entry) throw new InputError(`there is no call ${named} in the journal of ${pbx}, and no file of that name`)
  const uniq = `${pbx}/${entry.id}`
  const job = (name: string) => store.outbox.get(`${uniq}:${name}`)
  const known = ClientResult.safeParse((await job('client'))?.result).data
  const closing = stack.move()
  return {
    // Written by the journal: a Call of this or an earlier version.
    call: { ...(entry.call as Call), id: entry.id, endedAt: entry.endedAt },
    client: known?.kind === 'contact' || known?.kind === 'company' ? known : somebody,
    job,
    memory: { contactIndex: store.contactIndex, leads: store.leads },
    [Symbol.dispose]: () => closing.dispose(),
  }
}

function recorded({ configFile, named }: PastCallOptions, io: CommandIo): PastCall {
  const calls = callsInFile(named, readInterpretConfig(configFile), (line) => io.stderr.write(`${named}: ${line}\n`))
  const [call, ...others] = calls.filter(({ direction, endedAt }) => direction !== 'internal' && endedAt !== undefined)
  if (!call) throw new InputError(`${named}: no call with a client has ended in it`)
  if (others.length > 0) io.stderr.write(`${named}: ${call.id} is taken, the first of ${others.length + 1} calls\n`)
  return {
    call,
    client: somebody,
    job: async () => undefined,
    memory: { contactIndex: { lookup: async () => [] }, leads: { openLeadsOf: async () => [] } },
    [Symbol.dispose]: () => undefined,
  }
}

/** A contact with number 1 of nobody. */
const somebody: KnownClient = {
  kind: 'contact',
  id: 1,
  owner: 0,
  how: 'index',
  known: true,
  clients: [],
  decisions: [],
}
