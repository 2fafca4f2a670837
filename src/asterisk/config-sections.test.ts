import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foreignAriSections, freeName } from './config-sections.ts'

test('given ARI users of somebody else, when a name is looked for, then it is one that nobody has; our own file does not count', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-ari-'))
  try {
    await writeFile(join(directory, 'ari.conf'), '[general]\r\n;[commented]\n [callweave]\ntype=user\n')
    await writeFile(join(directory, 'ari_additional_custom.conf'), '[callweave-2](template)\n')
    await writeFile(join(directory, 'ari_callweave.conf'), '[callweave-3]\n')
    await writeFile(join(directory, 'extensions.conf'), '[callweave-3]\n')
    const taken = await foreignAriSections(directory)
    expect([...taken].sort()).toEqual(['callweave', 'callweave-2', 'general'])
    expect(freeName('callweave', taken)).toBe('callweave-3')
    expect(freeName('callweave', await foreignAriSections(join(directory, 'none')))).toBe('callweave')
  } finally {
    await rm(directory, { recursive: true })
  }
})
