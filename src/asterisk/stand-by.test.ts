import { expect, test } from 'vitest'
import { AriError } from './ari-error.ts'
import { nextRest, standBy } from './stand-by.ts'

const brisk = { lookEveryMs: 2, longestMs: 20 }
const never = new AbortController().signal

function asterisk(...answers: readonly (boolean | AriError)[]) {
  const asked = { times: 0 }
  const applicationExists = async () => {
    const answer = answers[Math.min(asked.times++, answers.length - 1)]
    if (answer instanceof AriError) throw answer
    return answer ?? true
  }
  return { asked, applicationExists }
}

test('given another copy that goes, when Asterisk forgets the application, then the wait is over', async () => {
  const pbx = asterisk(true, true, false)
  expect(await standBy(pbx, brisk, never)).toBe('other-gone')
  expect(pbx.asked.times).toBe(3)
})

test('given an Asterisk that keeps applications of the dead, when the longest wait is over, then it is tried anyway', async () => {
  expect(await standBy(asterisk(true), brisk, never)).toBe('waited-enough')
})

test('given an Asterisk that is away itself, when it is asked, then that is no news of the other copy', async () => {
  expect(await standBy(asterisk(new AriError('gone'), false), brisk, never)).toBe('other-gone')
})

test('given a service that ends, when it stands by, then it does not keep it', async () => {
  const stop = new AbortController()
  const waiting = standBy(asterisk(true), { lookEveryMs: 60_000, longestMs: 600_000 }, stop.signal)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})

test('given two copies that take the application from each other, when it goes on, then each waits twice as long as before, up to half a day', () => {
  const minutes = [undefined, 10, 20, 40, 640].map((before) => {
    const rest = nextRest(before === undefined ? undefined : before * 60_000, 600_000, { longestMs: 600_000 })
    return rest / 60_000
  })
  expect(minutes).toEqual([10, 20, 40, 80, 640])
})

test('given a link that stood long, when the application is taken again, then that is a new story', () => {
  expect(nextRest(600_000, 1_200_001, { longestMs: 600_000 })).toBe(600_000)
})
