import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab/lab.ts'
import { ari } from './ari-actions.ts'
import type { Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'
import { trimCdr, trimCel, trimMessages } from './trim.ts'

/** Makes one story happen and collects what each witness said of it. Nothing else may happen in the lab meanwhile. */
export async function driveStory(lab: Lab, name: string, scenario: Scenario): Promise<Recording> {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-story-'))
  const file = join(directory, 'ari.ndjson')
  const before = { cel: (await lab.cel()).length, cdr: (await lab.cdr()).length }
  try {
    const recorder = await lab.recordAri(file)
    await using _closing = recorder
    const experienced = await scenario(lab)
    await untilQuiet(lab)
    await untilWritten(lab)
    await recorder[Symbol.asyncDispose]()
    return {
      experienced,
      ari: trimMessages(await readFile(file, 'utf8'), name),
      cel: trimCel((await lab.cel()).slice(before.cel)),
      cdr: trimCdr((await lab.cdr()).slice(before.cdr)),
    }
  } catch (error) {
    await clear(lab)
    throw error
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Until the PBX has no channel left. */
async function untilQuiet(lab: Lab): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if ((await channels(lab)).length === 0) return
    await sleep(300)
  }
  throw new Error('the PBX still has channels a minute after the story')
}

/** Until both tables have stood still for a moment: rows are written behind the call. */
async function untilWritten(lab: Lab): Promise<void> {
  let [known, still] = [-1, 0]
  while (still < 3) {
    await sleep(200)
    const rows = (await lab.cel()).length + (await lab.cdr()).length
    still = rows === known ? still + 1 : 0
    known = rows
  }
}

/** Nothing of a story that broke may enter the next one. */
async function clear(lab: Lab): Promise<void> {
  for (const { id } of await channels(lab)) await ari(lab)('DELETE', `channels/${id}`).catch(() => {})
  await untilQuiet(lab)
  await sleep(500)
}

const channels = (lab: Lab): Promise<readonly { readonly id: string }[]> => ari(lab)('GET', 'channels')
