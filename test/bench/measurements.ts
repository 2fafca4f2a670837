import type { Measurement } from './measurement.ts'
import { backfill } from './measurements/backfill.ts'
import { cardLatency } from './measurements/card-latency.ts'
import { costPerCall } from './measurements/cost-per-call.ts'
import { cpuPerCall } from './measurements/cpu-per-call.ts'
import { decisionLatency } from './measurements/decision-latency.ts'
import { firstFill } from './measurements/first-fill.ts'
import { liveAmidBackfill } from './measurements/live-amid-backfill.ts'
import { memoryGrowth } from './measurements/memory-growth.ts'
import { memoryLive } from './measurements/memory-live.ts'
import { memoryPerCall } from './measurements/memory-per-call.ts'
import { outboxDrain } from './measurements/outbox-drain.ts'
import { recordsDay } from './measurements/records-day.ts'
import { registrationRate } from './measurements/registration-rate.ts'
import { replayRate } from './measurements/replay-rate.ts'
import { startToReady } from './measurements/start-to-ready.ts'
import { sustainedLoad } from './measurements/sustained-load.ts'

/** In the order in which they run: what leaves little behind first. */
export const measurements: readonly Measurement[] = [
  replayRate,
  memoryPerCall,
  costPerCall,
  firstFill,
  registrationRate,
  liveAmidBackfill,
  backfill,
  startToReady,
  decisionLatency,
  memoryLive,
  cpuPerCall,
  cardLatency,
  outboxDrain,
  recordsDay,
  memoryGrowth,
  sustainedLoad,
]
