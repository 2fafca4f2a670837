import Router from 'koa-router'
import { z } from 'zod'
import { BodyError, readJsonBody } from '../../http/json-body.ts'
import type { Forgotten, PersonsTraces, Upkeep } from '../../store/upkeep-ports.ts'

/** So much in one request: each is a share of a commit that calls wait for. */
export const FORGET_SLICE = 100

const Traces = z.strictObject({
  keys: z.array(z.string()).max(FORGET_SLICE),
  calls: z.array(z.strictObject({ pbx: z.string(), id: z.string() })).max(FORGET_SLICE),
  jobKeys: z.array(z.string()).max(FORGET_SLICE),
  decisions: z.array(z.int()).max(FORGET_SLICE),
  clients: z.array(z.strictObject({ kind: z.enum(['contact', 'company']), id: z.int() })).max(FORGET_SLICE),
  leads: z.array(z.int()).max(FORGET_SLICE),
})

const ForgottenAnswer = z.object({
  ...{ calls: z.number(), jobs: z.number(), decisions: z.number(), callbackTasks: z.number() },
  ...{ incomingNumbers: z.number(), clients: z.number(), leads: z.number() },
}) satisfies z.ZodType<Forgotten>

/** Forgetting a person, for the socket only the service's owner can open. */
export function forgetRouter(upkeep: Pick<Upkeep, 'forgetPerson'>): Router {
  const router = new Router()
  router.post('/forget', async (ctx) => {
    const asked = Traces.safeParse(await readJsonBody(ctx.req, LARGEST_BODY_BYTES))
    if (!asked.success) throw new BodyError(400, 'The body does not have the expected shape.')
    ctx.body = await upkeep.forgetPerson(asked.data)
  })
  return router
}

const LARGEST_BODY_BYTES = 1024 * 1024

/** The answer of `POST /forget`. */
export function readForgotten(answer: unknown): Forgotten {
  return ForgottenAnswer.parse(answer)
}

/** What a person left, in pieces that calls do not notice. */
export function inSlices(traces: PersonsTraces): readonly PersonsTraces[] {
  const { keys, calls, jobKeys, decisions, clients, leads } = traces
  const longest = Math.max(...[keys, calls, jobKeys, decisions, clients, leads].map(({ length }) => length))
  return Array.from({ length: Math.ceil(longest / FORGET_SLICE) }, (_, at) => {
    const part = <T>(items: readonly T[]) => items.slice(at * FORGET_SLICE, (at + 1) * FORGET_SLICE)
    return {
      ...{ keys: part(keys), calls: part(calls), jobKeys: part(jobKeys) },
      ...{ decisions: part(decisions), clients: part(clients), leads: part(leads) },
    }
  })
}
