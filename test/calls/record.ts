import { startLab } from '../lab/lab.ts'
import { driveStory } from './drive-story.ts'
import { prepareLab } from './lab-additions.ts'
import { RECORDINGS, writeRecording } from './recording.ts'
import { scenarios } from './scenarios.ts'

/**
 * Makes real calls and keeps what the witnesses said of them, beside what the people on the phones experienced:
 * `node test/calls/record.ts 22|16|22-fractions|16-fractions [DIRECTORY [STORY…]]`. DIRECTORY `-`: the regression cases of this checkout.
 */
async function main([version = '22', directory = '-', ...wanted]: readonly string[]): Promise<void> {
  const asterisk = version.startsWith('16') ? '16' : '22'
  const cel = version.endsWith('fractions') ? 'fractions' : 'freepbx'
  await using lab = await startLab({ asterisk, cel, log: console.log })
  await prepareLab(lab)
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    try {
      const recording = await driveStory(lab, name, scenario)
      writeRecording({ version, name }, recording, directory === '-' ? RECORDINGS : directory)
      console.log(`${version} ${name}`)
    } catch (error) {
      console.error(`${version} ${name} FAILED:`, error)
    }
  }
}

await main(process.argv.slice(2))
