import type { Pipeline } from '../leads-port.ts'
import type { Api } from './api.ts'
import { type Remembered, remembered } from './remembered.ts'
import { Pipeline as Schema } from './schema.ts'

/** Pipelines with their stages; archived ones serve nobody but old leads. */
export async function readPipelines(api: Api, signal: AbortSignal): Promise<readonly Pipeline[]> {
  return (await allPipelines(api, signal)).filter(({ archived }) => !archived).map(({ archived: _, ...rest }) => rest)
}

async function allPipelines(api: Api, signal: AbortSignal) {
  const pipelines: (Pipeline & { readonly archived: boolean })[] = []
  for await (const page of api.pages('/api/v4/leads/pipelines', [], { signal })) {
    pipelines.push(...api.entries(page, 'pipelines', Schema))
  }
  return pipelines
}

export interface Stages {
  /** Whether it means open; a stage nobody has heard of does: only stages of incoming leads and the two ends do not. */
  kindOf(pipeline: number, status: number, signal: AbortSignal): Promise<'open' | 'won' | 'lost' | 'unsorted'>
  /** Every stage that means open, with its pipeline. */
  open(signal: AbortSignal): Promise<readonly { readonly pipeline: number; readonly status: number }[]>
}

/** A pipeline made a moment ago is looked for once, not for each of its leads. */
const LOOK_AGAIN_MS = 10_000

/** What a lead's stage means. An id alone says nothing: 142 and 143 stand in every pipeline (reference amocrm.md 4.4). */
export function createStages(api: Api, now: () => number): Stages {
  const all: Remembered<Awaited<ReturnType<typeof allPipelines>>> = remembered(
    (signal) => allPipelines(api, signal),
    now,
  )
  return {
    async kindOf(pipeline, status, signal) {
      const find = (pipelines: readonly Pipeline[]) =>
        pipelines.find(({ id }) => id === pipeline)?.statuses.find(({ id }) => id === status)?.kind
      const known = find(await all.get(signal))
      if (known !== undefined) return known
      return find(await all.get(signal, now() - LOOK_AGAIN_MS)) ?? 'open'
    },
    async open(signal) {
      const pipelines = await all.get(signal, now() - LOOK_AGAIN_MS)
      return pipelines.flatMap(({ id, statuses }) =>
        statuses.filter(({ kind }) => kind === 'open').map((status) => ({ pipeline: id, status: status.id })),
      )
    },
  }
}
