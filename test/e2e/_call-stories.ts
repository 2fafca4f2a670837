import { afterAll, beforeAll, describe, test } from 'vitest'
import { driveStory } from '../calls/drive-story.ts'
import { expectTold } from '../calls/expect-told.ts'
import { type LabPool, startLabPool } from '../calls/lab-pool.ts'
import { scenarios } from '../calls/scenarios.ts'
import type { LabOptions } from '../lab/lab.ts'

/** As many as vitest runs tests at once in a file. Calls mostly wait, so two cores carry them. */
const LABS = 5

/** Drives every kind of call on several PBXs at once; each story has its PBX alone. */
export function tellStories(options: Pick<LabOptions, 'asterisk' | 'cel'>): void {
  describe(`given Asterisk ${options.asterisk}`, () => {
    let labs: LabPool

    beforeAll(async () => {
      labs = await startLabPool(options, LABS)
    })

    afterAll(() => labs?.[Symbol.asyncDispose]())

    test.concurrent.each(Object.entries(scenarios))(
      'when %s happens, then both witnesses tell what the people experienced',
      async (name, scenario) => {
        const recording = await labs.use((lab) => driveStory(lab, name, scenario))
        expectTold(recording, { wholeSeconds: options.cel !== 'fractions' })
      },
    )
  })
}
