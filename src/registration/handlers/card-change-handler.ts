import type { EntityChange } from '../../crm/leads-port.ts'
import type { Job, JobHandler, Proof, SendResult } from '../../outbox/job.ts'
import { hooked } from '../hooks.ts'
import type { CallPayload } from '../payloads.ts'
import { decidedAt, type Reason } from '../plan/decision.ts'
import { planCardChanges } from '../plan/plan-card-changes.ts'
import { valuesOf } from './call-values.ts'
import { type CardsDeps, cardsOfCall, forgetEntity, freshCards } from './cards-of-call.ts'
import { type Grounded, ground, refOf } from './ground.ts'
import { answersTo } from './grounded-batch.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { failuresIn, outcomeOfWrite } from './outcomes.ts'

export type CardChangeDeps = CardsDeps &
  Pick<HandlerDeps, 'hooks' | 'now' | 'leads'> & {
    readonly crm: Pick<HandlerDeps['crm'], 'changeEntities'>
    readonly index: Pick<HandlerDeps['index'], 'remove' | 'forgetIncoming'>
  }

type ChangeJob = Grounded<CallPayload>

interface Planned {
  readonly each: ChangeJob
  readonly changes: readonly EntityChange[]
  readonly why: readonly Reason[]
}

const MAX_BATCH = 100

/** Changes owner and fields of the client's card and the lead's, by rule and by customers' scripts. */
export function cardChangeHandler(deps: CardChangeDeps): JobHandler<CallPayload> {
  const { crm, settings, hooks, now } = deps

  async function send(jobs: readonly Job<CallPayload>[], signal: AbortSignal): Promise<SendResult> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const answers = answersTo(jobs, ended)
    try {
      await freshCards(
        deps,
        grounded.map(({ client }) => client),
        signal,
      )
      const planned = await Promise.all(grounded.map((each) => plan(each, signal)))
      const changes = planned.flatMap((one) => one.changes)
      const writes = changes.length === 0 ? [] : await crm.changeEntities(changes, signal)
      answers.failed(...failuresIn(writes))
      let at = 0
      for (const one of planned) {
        const own = writes.slice(at, at + one.changes.length)
        at += one.changes.length
        const bad = own.find(({ kind }) => kind !== 'written')
        if (bad?.kind === 'entity-gone') await forgetGone(one, own)
        const done = { changed: one.changes.map(({ entity }) => entity), decisions: decidedAt(one.why, now()) }
        answers.set(one.each.job, bad ? outcomeOfWrite(bad, () => done) : { kind: 'done', result: done })
      }
    } catch (error) {
      answers.unread(
        grounded.map(({ job }) => job),
        error,
      )
    }
    return answers.result(now())
  }

  async function plan(each: ChangeJob, signal: AbortSignal): Promise<Planned> {
    const { job, client } = each
    const { call } = job.payload
    if (client.incoming !== undefined || client.how === 'hidden') return { each, changes: [], why: [] }
    const cards = await cardsOfCall(deps, call, client, signal)
    const open =
      cards.newLead ??
      cards.leads.find(({ id }) => cards.entity.kind === 'lead' && id === cards.entity.id) ??
      cards.leads[0]
    const lead = open && {
      kind: 'lead' as const,
      id: open.id,
      owner: open.owner,
      pipeline: open.pipeline,
      status: open.status,
      made: open === cards.newLead,
    }
    const owned = { kind: client.kind, id: client.id, owner: client.owner }
    const old = now() > call.quietAt
    const { changes, why } = planCardChanges({
      rule: cards.rule,
      client: owned,
      lead,
      person: cards.responsible.user,
      old,
      values: valuesOf(call, settings()),
    })
    const context = { call, client: refOf(client) }
    const all = [owned, ...(lead ? [lead] : [])].map(refOf)
    const hookedChanges = await Promise.all(
      all.map((entity) => {
        const planned: EntityChange = changes.find((change) => change.entity.kind === entity.kind) ?? { entity }
        return hooked(hooks, entity.kind === 'lead' ? 'lead-update' : 'contact-update', planned, context)
      }),
    )
    return { each, changes: old ? [] : hookedChanges.filter((change) => Object.keys(change).length > 1), why }
  }

  async function forgetGone({ each, changes }: Planned, writes: readonly { readonly kind: string }[]): Promise<void> {
    for (const [at, { entity }] of changes.entries()) {
      if (writes[at]?.kind === 'entity-gone') await forgetEntity(deps, { ...entity, owner: 0 }, each.client)
    }
  }

  /** The same change may be made twice without harm: what cannot be seen is sent again. */
  async function prove(jobs: readonly Job<CallPayload>[]): Promise<readonly Proof[]> {
    return jobs.map(() => ({ kind: 'absent' }))
  }

  return { kind: 'card-change', maxBatch: MAX_BATCH, send, prove }
}

const inUnsorted = (lead: number) => ({ skipped: 'the incoming lead waits for somebody', lead })
