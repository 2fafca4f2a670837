import { cpus, totalmem } from 'node:os'

/** What the figures were measured on, without a name that belongs to somebody. */
export function machineLine(asterisk: string | undefined): string {
  const [first] = cpus()
  const parts = [
    first?.model.trim() ?? 'unknown CPU',
    `${cpus().length} cores`,
    `${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    `Node ${process.versions.node}`,
    ...(asterisk === undefined ? [] : [`Asterisk ${asterisk}`]),
  ]
  return `${parts.join(', ')}. PBX, database, callers, CRM emulator and service share these cores.`
}
