import { driveStory } from './drive-story.ts'
import { startLabPool } from './lab-pool.ts'
import { RECORDINGS, writeRecording } from './recording.ts'
import { scenarios } from './scenarios.ts'

/** Labs at once; calls mostly wait. */
const LABS = 4

/**
 * Makes real calls and keeps what the witnesses said of them, beside what the people on the phones experienced:
 * `node test/calls/record.ts 22|16|22-fractions|16-fractions [DIRECTORY [STORY…]]`. DIRECTORY `-`: the regression cases of this checkout.
 */
async function main([version = '22', directory = '-', ...wanted]: readonly string[]): Promise<void> {
  const stories = Object.entries(scenarios).filter(([name]) => wanted.length === 0 || wanted.includes(name))
  const asterisk = version.startsWith('16') ? '16' : '22'
  const cel = version.endsWith('fractions') ? 'fractions' : 'freepbx'
  await using labs = await startLabPool({ asterisk, cel }, Math.min(LABS, stories.length))
  const record = async ([name, scenario]: (typeof stories)[number]) => {
    try {
      const recording = await labs.use((lab) => driveStory(lab, name, scenario))
      writeRecording({ version, name }, recording, directory === '-' ? RECORDINGS : directory)
      console.log(`${version} ${name}`)
    } catch (error) {
      console.error(`${version} ${name} FAILED:`, error)
      process.exitCode = 1
    }
  }
  await Promise.all(stories.map(record))
}

await main(process.argv.slice(2))
