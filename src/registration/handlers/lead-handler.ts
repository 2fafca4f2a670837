import type { CrmLead, NewLead } from '../../crm/leads-port.ts'
import type { Job, JobHandler, Outcome, Proof, SendResult } from '../../outbox/job.ts'
import { hooked } from '../hooks.ts'
import type { CallPayload } from '../payloads.ts'
import { decidedAt, type Reason } from '../plan/decision.ts'
import { planLead } from '../plan/plan-lead.ts'
import type { MadeLead } from './cards-of-call.ts'
import { clientsOf, type KnownClient } from './client-result.ts'
import { type Grounded, ground, proofOfEnd, refOf } from './ground.ts'
import { answersTo } from './grounded-batch.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { newLead } from './new-lead.ts'
import { newsAsOf } from './news-as-of.ts'
import { failuresIn, outcomeOfWrite, proofOfFailure } from './outcomes.ts'
import { ruleOf } from './people-of-call.ts'
import { PROOF_MARGIN_MS, proofSince } from './proof-since.ts'
import { rememberedFor } from './remembered-for.ts'

type LeadJob = Grounded<CallPayload>
type LeadDeps = Pick<HandlerDeps, 'crm' | 'index' | 'leads' | 'settings' | 'hooks' | 'tokenUser' | 'now'>

/** amoCRM takes 250, but is slow with leads (reference amocrm.md 2.2). */
const MAX_BATCH = 100
const PIPELINES_REMEMBERED_MS = 300_000

/** Makes the lead a rule asks for, unless the client has an open one. */
export function leadHandler(deps: LeadDeps): JobHandler<CallPayload> {
  const { crm, index, leads, settings, hooks, now } = deps
  const pipelines = rememberedFor(PIPELINES_REMEMBERED_MS, now, (_: undefined, signal) => crm.pipelines(signal))

  async function send(jobs: readonly Job<CallPayload>[], signal: AbortSignal): Promise<SendResult> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const answers = answersTo(jobs, ended)
    const candidates = grounded.filter((each) => {
      const early = planLead({ ...factsOf(each), openLeads: [] })
      if (!early.make) answers.set(each.job, skipped(early.why))
      return early.make
    })
    if (candidates.length === 0) return answers.result(now())
    try {
      const main = candidates.some(needsMain)
        ? (await pipelines(undefined, signal)).find((each) => each.main)?.id
        : undefined
      // One delta begun after the calls ended serves all: what a manager made a moment ago counts, too.
      await leads.refresh(
        signal,
        newsAsOf(
          candidates.map(({ job }) => job),
          now(),
        ),
      )
      const wanted: { readonly each: LeadJob; readonly why: Reason; readonly lead: NewLead }[] = []
      for (const each of candidates) {
        const openLeads = await leads.openLeadsOf(clientsOf(each.client))
        const { make, why } = planLead({ ...factsOf(each), openLeads, mainPipeline: main })
        if (make) wanted.push({ each, why, lead: await leadOf(each, signal) })
        else answers.set(each.job, skipped(why))
      }
      await create(wanted)
    } catch (error) {
      answers.unread(
        candidates.map(({ job }) => job).filter((job) => !answers.has(job)),
        error,
      )
    }
    return answers.result(now())

    async function create(
      wanted: readonly { readonly each: LeadJob; readonly why: Reason; readonly lead: NewLead }[],
    ): Promise<void> {
      if (wanted.length === 0) return
      const writes = await crm.createLeads(
        wanted.map(({ lead }) => lead),
        signal,
      )
      answers.failed(...failuresIn(writes))
      for (const [at, { each, why, lead }] of wanted.entries()) {
        const write = writes[at]
        if (!write) continue
        if (write.kind === 'entity-gone') await index.remove(each.client.kind, each.client.id)
        const owner = write.kind === 'written' && write.without !== 'user' ? (lead.owner ?? 0) : 0
        if (write.kind === 'written') await remember(write.id, lead, owner, each.client)
        answers.set(
          each.job,
          outcomeOfWrite(write, ({ id }) =>
            made({ id, owner, pipeline: lead.pipeline ?? 0, status: lead.status ?? 0 }, why),
          ),
        )
      }
    }
  }

  function factsOf({ job, client }: LeadJob) {
    const { call } = job.payload
    const { rule } = ruleOf(call, client.known, settings())
    return {
      rule,
      known: client.known,
      waiting: client.incoming !== undefined,
      hidden: client.how === 'hidden',
      old: now() > call.quietAt,
    }
  }

  function needsMain({ job, client }: LeadJob): boolean {
    const { lead } = ruleOf(job.payload.call, client.known, settings()).rule
    return lead.unless === 'open-lead-in-pipeline' && lead.pipeline === undefined
  }

  async function leadOf({ job, client }: LeadJob, signal: AbortSignal): Promise<NewLead> {
    const { call } = job.payload
    const tokenUser = settings().defaultUser === undefined ? await deps.tokenUser(signal) : undefined
    const lead = newLead(call, client, { settings: settings(), tokenUser })
    return hooked(hooks, 'lead-creation', lead, { call, client: refOf(client) })
  }

  /** Before the job is done: the client's next call must find it here. */
  async function remember(
    id: number,
    lead: Pick<NewLead, 'name' | 'pipeline' | 'status'>,
    owner: number,
    client: KnownClient,
  ): Promise<void> {
    const { name, pipeline = 0, status = 0 } = lead
    const clients = [{ kind: client.kind, id: client.id }]
    await leads.upsertLeads([{ id, name, owner, pipeline, status, open: true, clients, updatedAt: now() }])
  }

  /**
   * amoCRM keeps no mark of ours in a lead: it is the one of that client with that name that is said to be made at the second the call began. By the time
   * of our attempt it cannot be told: the CRM's clock is another one, and the index may have read the lead meanwhile.
   */
  async function prove(jobs: readonly Job<CallPayload>[], signal: AbortSignal): Promise<readonly Proof[]> {
    const { grounded, ended } = ground(jobs, inUnsorted)
    const attempts = jobs.map((job) => job.firstAttemptAt ?? now())
    const begins = jobs.map(({ payload }) => payload.call.startedAt)
    const since = Math.min(proofSince(attempts, now()), ...begins.map((at) => at - PROOF_MARGIN_MS))
    try {
      const created = grounded.length === 0 ? [] : await crm.leadsCreatedSince(since, signal)
      const taken = new Set<number>()
      const proofs: Proof[] = []
      for (const job of jobs) {
        const each = grounded.find((one) => one.job === job)
        if (!each) proofs.push(proofOfEnd(ended.get(job.key)))
        else
          proofs.push(
            await proofOf(
              each,
              created.filter(({ id }) => !taken.has(id)),
              signal,
            ),
          )
        const last = proofs.at(-1)
        if (last?.kind === 'found' && isMade(last.result)) taken.add(last.result.made.id)
      }
      return proofs
    } catch (error) {
      return jobs.map(() => proofOfFailure(error))
    }
  }

  async function proofOf(each: LeadJob, created: readonly CrmLead[], signal: AbortSignal): Promise<Proof> {
    const { client } = each
    const { name, createdAt } = await leadOf(each, signal)
    const lead = created.find(
      (one) =>
        one.name === name &&
        Math.floor(one.createdAt / 1000) === Math.floor(createdAt / 1000) &&
        one.clients.some(({ kind, id }) => kind === client.kind && id === client.id),
    )
    if (!lead) return { kind: 'absent' }
    const { id, owner, pipeline, status } = lead
    await remember(id, lead, owner, client)
    return {
      kind: 'found',
      result: made({ id, owner, pipeline, status }, { about: 'lead', code: 'proven', facts: { lead: id } }),
    }
  }

  function made(lead: MadeLead, { facts, ...why }: Reason) {
    return { made: lead, decisions: decidedAt([{ ...why, facts: { ...facts, lead: lead.id } }], now()) }
  }

  function skipped(why: Reason): Outcome {
    return { kind: 'done', result: { skipped: why.code, decisions: decidedAt([why], now()) } }
  }

  return { kind: 'lead', maxBatch: MAX_BATCH, send, prove }
}

const inUnsorted = (lead: number) => ({ skipped: 'the incoming lead is the lead', lead })

function isMade(result: unknown): result is { readonly made: MadeLead } {
  return typeof result === 'object' && result !== null && 'made' in result
}
