import type { Measurement } from './measurement.ts'
import { costPerCall } from './measurements/cost-per-call.ts'
import { cpuPerCall } from './measurements/cpu-per-call.ts'
import { decisionLatency } from './measurements/decision-latency.ts'
import { startToReady } from './measurements/start-to-ready.ts'

/** In the order in which they run: what needs a quiet machine first. */
export const measurements: readonly Measurement[] = [costPerCall, startToReady, decisionLatency, cpuPerCall]
