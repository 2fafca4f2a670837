import { afterAll, beforeAll, describe, test } from 'vitest'
import { driveStory } from '../calls/drive-story.ts'
import { expectTold } from '../calls/expect-told.ts'
import { prepareLab } from '../calls/lab-additions.ts'
import { scenarios } from '../calls/scenarios.ts'
import { type Lab, type LabOptions, startLab } from '../lab/lab.ts'

/** As many as vitest runs tests at once in a file: no story waits for a lab. Calls mostly wait, so two cores carry them. */
const LABS = 5

/** Drives every kind of call on several PBXs at once; each story has its PBX alone. */
export function tellStories(options: Pick<LabOptions, 'asterisk' | 'cel'>): void {
  describe(`given Asterisk ${options.asterisk}`, () => {
    const labs: Lab[] = []
    const free: Lab[] = []

    beforeAll(async () => {
      const started = await Promise.allSettled(Array.from({ length: LABS }, () => startLab(options)))
      for (const one of started) if (one.status === 'fulfilled') labs.push(one.value)
      const failed = started.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
      await Promise.all(labs.map(prepareLab))
      free.push(...labs)
    })

    afterAll(() => Promise.all(labs.map((lab) => lab[Symbol.asyncDispose]())))

    test.concurrent.each(Object.entries(scenarios))(
      'when %s happens, then both witnesses tell what the people experienced',
      async (name, scenario) => {
        const lab = free.pop()
        if (!lab) throw new Error('more stories at once than labs')
        try {
          expectTold(await driveStory(lab, name, scenario), { wholeSeconds: options.cel !== 'fractions' })
        } finally {
          free.push(lab)
        }
      },
    )
  })
}
