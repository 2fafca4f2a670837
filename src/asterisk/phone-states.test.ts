import { expect, test } from 'vitest'
import { AriError } from './ari-error.ts'
import { createPhoneStates } from './phone-states.ts'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const phone = (resource: string, state: string, channel_ids: readonly string[] = []) => ({
  technology: 'PJSIP',
  resource,
  state,
  channel_ids,
})

function states(answers: { endpoints: () => readonly unknown[]; keys?: () => string }) {
  const asked: string[] = []
  let clock = 1_000
  const made = createPhoneStates({
    commands: {
      endpoints: async () => answers.endpoints(),
      getVariable: async (channel, variable) => {
        asked.push(`${channel} ${variable}`)
        return answers.keys?.()
      },
    },
    dialString: 'PJSIP/{extension}',
    doNotDisturb: 'DND',
    now: () => clock++,
    log: quiet,
  })
  return { made, asked }
}

test('given nothing was read yet, when asked, then everybody counts as there', () => {
  const { made } = states({ endpoints: () => [] })
  expect([made.isUnregistered('101'), made.isUndisturbed('101')]).toEqual([false, false])
})

test('given a phone that is gone, when looked, then it is known, and what the list does not judge counts as there', async () => {
  const { made, asked } = states({
    endpoints: () => [phone('101', 'offline'), phone('102', 'online'), phone('103', 'unknown')],
  })
  await made.look()
  expect(['101', '102', '103', '104'].map(made.isUnregistered)).toEqual([true, false, false, false])
  expect(asked).toEqual([])
})

test('given a call, when looked, then its channel tells who does not want to be disturbed', async () => {
  const { made, asked } = states({ endpoints: () => [phone('102', 'online', ['1.7'])], keys: () => '101,103' })
  await made.look()
  expect(asked).toEqual(['1.7 DB_KEYS(DND)'])
  expect(['101', '102', '103'].map(made.isUndisturbed)).toEqual([true, false, true])
})

test('given a question that tells it while somebody looks, when the look ends, then the question is believed', async () => {
  const { made } = states({
    endpoints: () => [phone('102', 'online', ['1.7'])],
    keys: () => {
      made.undisturbedAre(['105'])
      return '101'
    },
  })
  await made.look()
  expect(made.status().undisturbed).toEqual(['105'])
})

test('given a link that is down, when looked, then what was known stays', async () => {
  let down = false
  const { made } = states({
    endpoints: () => {
      if (down) throw new AriError('not connected to Asterisk')
      return [phone('101', 'offline')]
    },
  })
  await made.look()
  down = true
  await made.look()
  expect(made.isUnregistered('101')).toBe(true)
})
