import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab/lab.ts'
import { EXTENSIONS } from '../lab/ports.ts'
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
    await clearPhones(lab)
    throw error
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Until the PBX has no channel left. */
async function untilQuiet(lab: Lab): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (/^0 active channels/m.test(await lab.cli('core show channels count'))) return
    await sleep(300)
  }
  throw new Error('the PBX still has channels a minute after the story')
}

/** Until both tables have stood still for a moment: rows are written behind the call. */
async function untilWritten(lab: Lab): Promise<void> {
  let [known, still] = [-1, 0]
  while (still < 3) {
    await sleep(300)
    const rows = (await lab.cel()).length + (await lab.cdr()).length
    still = rows === known ? still + 1 : 0
    known = rows
  }
}

async function clearPhones(lab: Lab): Promise<void> {
  for (const extension of EXTENSIONS) {
    await lab
      .phone(extension)
      .hangup()
      .catch(() => {})
  }
  await lab.cli('channel request hangup all')
  await untilQuiet(lab)
}
