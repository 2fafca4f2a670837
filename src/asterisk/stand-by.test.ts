import { expect, test } from 'vitest'
import { AriError } from './ari-error.ts'
import { standBy } from './stand-by.ts'

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
