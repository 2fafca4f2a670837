import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'

const program = fileURLToPath(new URL('../faults/day-of-faults.ts', import.meta.url))

/** In a process of its own: it has a clock of its own. */
function day(...options: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, '--quiet', ...options], { timeout: 110_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), said: stdout + stderr }),
    )
  })
}

test('given hours in which everything goes wrong that can, when three thousand calls come in, then the CRM tells each once', async () => {
  const { code, said } = await day(
    '--seed',
    '1',
    '--calls',
    '3000',
    '--hours',
    '2',
    '--deaths',
    '15',
    '--perHour',
    '60',
    '--blows',
    '24',
  )
  assert.equal(code, 0, said)
  assert.match(said, /"calls":3000,"notes":3000,/)
})
