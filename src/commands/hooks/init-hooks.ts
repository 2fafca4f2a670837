import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CommandIo } from '../command.ts'

/** Where the types of `callweave/hooks` stand in this installation. */
const types = fileURLToPath(new URL('../../hooks/hook.ts', import.meta.url))

const tsconfig = {
  compilerOptions: {
    target: 'esnext',
    module: 'nodenext',
    lib: ['esnext', 'dom'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    paths: { 'callweave/hooks': [types] },
  },
  include: ['*'],
}

/** Makes the directory of hooks and what an editor needs to know their types; what is there stays. */
export async function initHooks(directory: string, io: CommandIo): Promise<number> {
  await mkdir(directory, { recursive: true, mode: 0o755 })
  await put(join(directory, 'tsconfig.json'), tsconfig, io)
  await put(join(directory, 'package.json'), { private: true, type: 'module' }, io)
  io.stdout.write(`hooks go into ${directory}; docs/hooks.md has examples\n`)
  return 0
}

async function put(file: string, content: object, io: CommandIo): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx', mode: 0o644 })
    io.stdout.write(`${file}: made\n`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    io.stdout.write(`${file}: is there, left as it is\n`)
  }
}
