import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  callOf,
  firstJob,
  noteJob,
  onContact,
  openStages,
  phone,
  type RegistrationStage,
  resultOf,
  type StageChange,
  send,
} from '../../../test/_registration-stage.ts'
import type { NewJob } from '../../outbox/job.ts'
import type { StoredJob } from '../../store/ports.ts'
import { everyKind, factsOf, missed } from '../_settings.ts'
import { createNoteChanges } from '../note-changes.ts'
import type { NoteChange, NoteChangePayload } from '../payloads.ts'

const LINK = 'https://pbx.example.com/records/1.mp3?sig=aa'
let stages: Awaited<ReturnType<typeof openStages>>
let stage: RegistrationStage
beforeAll(async () => {
  stages = await openStages()
})
const begin = async (change: StageChange = {}) => {
  stage = await stages.begin({
    rules: everyKind({ note: '[Ожидание {wait} с][, {transfers}][. {result}]' }),
    ...change,
  })
}
beforeEach(() => begin())
afterEach(() => stages.end(stage))
afterAll(() => stages.close())

/** A note that stands in the CRM, as the next job is given it. */
async function written(change: Parameters<typeof callOf>[1] = {}): Promise<unknown> {
  const id = stage.sandbox.addContact({ name: 'Иван', phones: [phone] })
  stage.results.set('main/1:client', onContact(id))
  const [outcome] = await send(stage.notes, noteJob('1', onContact(id), change))
  return resultOf(outcome)
}
const changeJob = (given: unknown, change: NoteChange) =>
  firstJob<NoteChangePayload>('1:note-change/1', 'note-change', { call: callOf('1'), change }, { given })
const note = () => stage.sandbox.callNotes()[0]

describe('the text of a note', () => {
  test('given who passed to whom, then it stands there in names', async () => {
    await written({ transfers: [{ from: '101', to: '102' }] })
    expect(note()?.result).toBe('Ожидание 2 с, Анна → Борис')
  })

  test('given seconds of CRM people only, then others’ do not count, and never more than the call', async () => {
    await stages.end(stage)
    await begin({ settings: { seconds: 'crm-people' } })
    const talked = [
      { extension: '101', seconds: 5 },
      { extension: '555', seconds: 60 },
    ]
    await written({ talked, talkSeconds: 65 })
    expect(note()).toMatchObject({ seconds: 5, author: 7000001, responsible: 7000001 })
  })

  test('given one note a person, then each has their own seconds, name and person', async () => {
    const id = stage.sandbox.addContact({ name: 'Иван', phones: [phone] })
    const talked = [
      { extension: '101', seconds: 5 },
      { extension: '102', seconds: 3 },
    ]
    const call = callOf('1', { talked })
    const job = (person: string) =>
      firstJob(`1:note/${person}`, 'call-note', { call, person }, { given: onContact(id) })
    await send(stage.notes, job('101'), job('102'))
    expect(stage.sandbox.callNotes().map(({ uniq, seconds, responsible }) => [uniq, seconds, responsible])).toEqual([
      ['main/1/101', 5, 7000001],
      ['main/1/102', 3, 7000002],
    ])
  })

  test('given nobody of the CRM and no default user, then the token’s user is the author: never the robot, never a text', async () => {
    await stages.end(stage)
    await begin({ rules: everyKind({ responsible: ['last-talked', 'default'] }) })
    await written({ talked: [{ extension: '555', seconds: 5 }], rang: ['555'] })
    expect(note()).toMatchObject({ author: 7000001, responsible: 7000001 })
  })
})

describe('a note that changes', () => {
  test('given a recording that came later, then the link is added and everything else stays', async () => {
    const given = await written()
    const before = note()
    await send(stage.noteChanges, changeJob(given, { recordingUrl: LINK }))
    expect(note()).toMatchObject({
      uniq: before?.uniq,
      seconds: 8,
      status: 4,
      result: 'Ожидание 2 с',
      responsible: 7000001,
      link: LINK,
    })
  })

  test('given a call the better witness saw otherwise, then its note is told anew, where it stands, with its link', async () => {
    const given = await written({ recordings: ['a.wav'] })
    await send(
      stage.noteChanges,
      changeJob(given, { recordingUrl: LINK, call: callOf('1', { ...missed, waitSeconds: 9 }) }),
    )
    expect(note()).toMatchObject({ uniq: 'main/1', seconds: 0, status: 6, result: 'Ожидание 9 с', link: LINK })
    expect(stage.sandbox.callNotes()).toHaveLength(1)
  })

  test('given the manager’s words, then they stand in the text', async () => {
    const given = await written()
    await send(stage.noteChanges, changeJob(given, { result: 'Перезвонить в среду' }))
    expect(note()?.result).toBe('Ожидание 2 с. Перезвонить в среду')
  })

  test('given a call that stands in unsorted, then there is no note of ours to change', async () => {
    const [outcome] = await send(
      stage.noteChanges,
      changeJob({ skipped: 'the incoming lead tells the call', lead: 9 }, { recordingUrl: LINK }),
    )
    expect(resultOf(outcome)).toEqual({ skipped: 'the call has no note of its own' })
  })

  test('given a lost answer, then it is sent again and is the same', async () => {
    const job = changeJob(await written(), { recordingUrl: LINK })
    stage.sandbox.fault({ match: { method: 'PATCH' }, do: { kind: 'gateway-timeout', execution: 'executed' } })
    expect((await send(stage.noteChanges, job))[0]?.kind).toBe('ambiguous')
    expect((await stage.noteChanges.prove([job], new AbortController().signal))[0]?.kind).toBe('absent')
    expect((await send(stage.noteChanges, job))[0]?.kind).toBe('done')
    expect(note()?.link).toBe(LINK)
  })
})

test('given several changes of one note, when they are said at once, then they are in order and each holds the former ones', async () => {
  const jobs = new Map<string, StoredJob>()
  const store = (job: NewJob) =>
    jobs.set(job.key, {
      ...job,
      seq: 1,
      state: 'waiting',
      attempts: 0,
      dueAt: 0,
      absences: 0,
      losses: 0,
      firstAttemptAt: undefined,
      lastAttemptEndedAt: undefined,
      result: undefined,
      reason: undefined,
      given: undefined,
    })
  store({ key: 'main/1:note', kind: 'call-note', lane: 'l', urgency: 'live', payload: { call: factsOf() } })
  const changes = createNoteChanges({
    jobs: { get: async (key) => jobs.get(key) },
    add: async (some) => some.forEach(store),
    pbx: 'main',
  })
  await Promise.all([changes.change('1', { recordingUrl: LINK }), changes.change('1', { result: 'Да' })])
  expect(await changes.change('2', { result: 'Да' })).toBe(0)
  expect(
    [...jobs.values()].slice(1).map(({ key, after, payload }) => [key, after, (payload as NoteChangePayload).change]),
  ).toEqual([
    ['main/1:note-change/1', 'main/1:note', { recordingUrl: LINK }],
    ['main/1:note-change/2', 'main/1:note', { recordingUrl: LINK, result: 'Да' }],
  ])
})
