import { readFileSync } from 'node:fs'

/** Reads a template of `dialplan/` by its name: `callweave-in`, `callweave-ring.plain`. */
export function readDialplanTemplate(name: string): string {
  return readFileSync(new URL(`../../dialplan/${name}.conf.tmpl`, import.meta.url), 'utf8')
}
