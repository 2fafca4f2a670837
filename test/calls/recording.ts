import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Experienced } from './experienced.ts'

/** One story as it happened: what each witness said of it, beside what the people on the phones experienced. */
export interface Recording {
  readonly experienced: readonly Experienced[]
  /** Raw ARI messages. */
  readonly ari: readonly unknown[]
  /** Rows of the table, in its order. */
  readonly cel: readonly CelTableRow[]
  readonly cdr: readonly Readonly<Record<string, unknown>>[]
}

export type CelTableRow = Readonly<Record<string, unknown>> & {
  readonly eventtype: string
  readonly eventtime: string
  readonly appname: string
}

export interface RecordedStory {
  /** `16`, `22`: CEL in whole seconds, as in FreePBX's table; `16-fractions`, `22-fractions`: with microseconds. */
  readonly version: string
  readonly name: string
}

export const RECORDINGS = join(import.meta.dirname, 'recordings')

export function recordedStories(): readonly RecordedStory[] {
  return readdirSync(RECORDINGS).flatMap((version) =>
    readdirSync(join(RECORDINGS, version)).map((file) => ({ version, name: basename(file, '.json.gz') })),
  )
}

export function readRecording(story: RecordedStory, directory = RECORDINGS): Recording {
  return JSON.parse(gunzipSync(readFileSync(fileOf(story, directory))).toString())
}

/** One message or row a line, so that an unpacked recording can be read, searched and compared; the same recording gives the same bytes. */
export function writeRecording(story: RecordedStory, recording: Recording, directory = RECORDINGS): void {
  const { experienced, ari, cel, cdr } = recording
  const parts = Object.entries({ experienced, ari, cel, cdr }).map(
    ([key, items]) => `"${key}":[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`,
  )
  const file = fileOf(story, directory)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, gzipSync(`{${parts.join(',\n')}}\n`, { level: 9 }))
}

const fileOf = ({ version, name }: RecordedStory, directory: string) => join(directory, version, `${name}.json.gz`)
