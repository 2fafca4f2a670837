import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Runs everything `npm test` promises, one step after another, and ends with one line of totals.
// A skipped test counts as a failure: nothing may be left out in silence.

interface Tally {
  readonly passed: number
  readonly failed: number
}

const scratch = mkdtempSync(join(tmpdir(), 'callweave-test-'))
const started = Date.now()

const steps: readonly (readonly [string, () => Tally])[] = [
  ['types', () => plain('tsc', ['--noEmit'])],
  ['lint', () => plain('biome', ['check', '.'])],
  ['arrows', () => plain('node', ['test/arrows/main.ts'])],
  ['unit tests', () => suite('unit')],
  ['end-to-end tests on the lab', () => suite('e2e')],
]

const tallies = steps.map(([name, run]) => {
  console.log(`\n== ${name}`)
  const before = Date.now()
  const tally = run()
  console.log(`== ${name}: ${tally.passed} passed, ${tally.failed} failed, ${seconds(Date.now() - before)} s`)
  return tally
})
rmSync(scratch, { recursive: true, force: true })

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0)
console.log(`\nall of it took ${seconds(Date.now() - started)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function plain(command: string, args: readonly string[]): Tally {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function suite(project: string): Tally {
  const report = join(scratch, `${project}.json`)
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { status } = spawnSync('vitest', args, { stdio: 'inherit' })
  const { numPassedTests, numTotalTests } = read(report)
  const missing = numTotalTests - numPassedTests
  // A run that broke outside of a test, or found no test, has failed too.
  const broken = status !== 0 || numTotalTests === 0 ? 1 : 0
  return { passed: numPassedTests, failed: Math.max(missing, broken) }
}

function read(report: string): { readonly numPassedTests: number; readonly numTotalTests: number } {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { numPassedTests: 0, numTotalTests: 0 }
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1)
}
