import { startLab } from '../lab/lab.ts'
import { driveStory } from './drive-story.ts'
import { prepareLab } from './lab-additions.ts'
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
  const waiting = stories.values()
  const workers = Array.from({ length: Math.min(LABS, stories.length) }, async () => {
    const asterisk = version.startsWith('16') ? '16' : '22'
    const cel = version.endsWith('fractions') ? 'fractions' : 'freepbx'
    await using lab = await startLab({ asterisk, cel })
    await prepareLab(lab)
    for (const [name, scenario] of waiting) {
      try {
        const recording = await driveStory(lab, name, scenario)
        writeRecording({ version, name }, recording, directory === '-' ? RECORDINGS : directory)
        console.log(`${version} ${name}`)
      } catch (error) {
        console.error(`${version} ${name} FAILED:`, error)
        process.exitCode = 1
      }
    }
  })
  await Promise.all(workers)
}

await main(process.argv.slice(2))
