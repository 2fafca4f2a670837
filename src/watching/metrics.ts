import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { partMetrics } from './part-metrics.ts'
import type { Watched } from './status-tree.ts'

/** What happens is counted here as it happens; what stands is read from the parts when somebody asks. */
export interface Metrics {
  callEnded(call: Pick<Call, 'direction' | 'result'>): void
  eventsHeard(events: readonly Pick<CallEvent, 'kind'>[]): void
  /** @param ms from the question in the dialplan to our answer; undefined: there was none */
  questionEnded(outcome: 'answered' | 'late' | 'failed', ms: number | undefined): void
  cardsSent(cards: number): void
  /** @param outcome `answered`, or the stable code why not */
  clickEnded(outcome: string): void
  /** @param outcome class of the answer */
  crmAnswered(outcome: string, ms: number): void
  crmPaused(): void
  committed(ms: number): void
  troubled(kind: string): void
  /** The page of `/metrics`. */
  text(watched: Watched): Promise<string>
  readonly contentType: string
}

/** The deadline is 1.5 s; half of it should never be seen. */
const DECISION_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2]
const CRM_SECONDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20]
const COMMIT_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2]
/** Ten looks a second see what calls would feel; the library's usual hundred cost more than an idle service does otherwise. */
const LOOP_LOOK_MS = 100

/** Labels are words of ours, never numbers, names or ids: a thousand calls make no more lines than one. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_LOOK_MS })
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `callweave_${name}`, help, labelNames: [...labelNames], registers })
  const histogram = (name: string, help: string, buckets: readonly number[]) =>
    new Histogram({ name: `callweave_${name}`, help, buckets: [...buckets], registers })

  const calls = counter('calls_total', 'Calls that ended.', ['direction', 'result'])
  const events = counter('events_total', 'Events of calls, by kind.', ['kind'])
  const questions = counter('questions_total', 'Questions of the dialplan, by what became of them.', ['outcome'])
  const decision = histogram('decision_seconds', 'From the question in the dialplan to our answer.', DECISION_SECONDS)
  const cards = counter('cards_total', 'Cards shown to people.')
  const clicks = counter('clicks_total', 'Calls asked for in the CRM, by what became of them.', ['outcome'])
  const requests = counter('crm_requests_total', 'Requests to the CRM, by class of the answer.', ['outcome'])
  const latency = histogram('crm_request_seconds', 'How long the CRM takes to answer.', CRM_SECONDS)
  const pauses = counter('crm_pauses_total', 'Times the CRM made the account rest.')
  const commit = histogram('commit_seconds', 'From a write of the own state to the disk having it.', COMMIT_SECONDS)
  const errors = counter('errors_total', 'What went wrong, by kind.', ['kind'])
  const parts = partMetrics((name, help, labelNames) => {
    return new Gauge({ name: `callweave_${name}`, help, labelNames: [...labelNames], registers })
  })
  const kinds = new Map<string, Counter.Internal>()

  return {
    callEnded: ({ direction, result = 'unknown' }) => calls.inc({ direction, result }),
    eventsHeard: (heard) => {
      for (const { kind } of heard) {
        const known = kinds.get(kind) ?? events.labels({ kind })
        kinds.set(kind, known)
        known.inc()
      }
    },
    questionEnded: (outcome, ms) => {
      questions.inc({ outcome })
      if (ms !== undefined) decision.observe(Math.max(0, ms) / 1000)
    },
    cardsSent: (sent) => cards.inc(sent),
    clickEnded: (outcome) => clicks.inc({ outcome }),
    crmAnswered: (outcome, ms) => {
      requests.inc({ outcome })
      latency.observe(ms / 1000)
    },
    crmPaused: () => pauses.inc(),
    committed: (ms) => commit.observe(ms / 1000),
    troubled: (kind) => errors.inc({ kind }),
    text: async (watched) => {
      parts(watched)
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
