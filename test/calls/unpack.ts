import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecording } from './recording.ts'

/** `node test/calls/unpack.ts VERSION STORY [DIRECTORY]`: a recording as the files that `callweave interpret` reads. */
const [version = '', name = '', directory = '.'] = process.argv.slice(2)
const { ari, cel, cdr, experienced } = readRecording({ version, name })
const lines = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item))
const files = {
  'ari.ndjson': `${lines(ari).join('\n')}\n`,
  'cel.json': `[\n${lines(cel).join(',\n')}\n]\n`,
  'cdr.json': `[\n${lines(cdr).join(',\n')}\n]\n`,
  'experienced.json': `${JSON.stringify(experienced, null, 1)}\n`,
}
for (const [suffix, text] of Object.entries(files)) writeFileSync(join(directory, `${name}.${suffix}`), text)
