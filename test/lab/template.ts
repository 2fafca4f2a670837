import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type TemplateValues = Readonly<Record<string, string | number>>

/** Puts values in for `{{name}}`. @throws Error on a name that has no value: a half-rendered configuration never starts */
export function renderTemplate(text: string, values: TemplateValues): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`template value ${name} is missing`)
    return String(value)
  })
}

/** Renders every file of a folder into another one. */
export async function renderDirectory(from: string, to: string, values: TemplateValues): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const file of await readdir(from)) {
    await writeFile(join(to, file), renderTemplate(await readFile(join(from, file), 'utf8'), values))
  }
}
