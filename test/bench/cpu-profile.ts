import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** A function and the time spent in it, not in what it called. */
export interface HotSpot {
  readonly where: string
  readonly micros: number
}

export interface ProfileSummary {
  /** Busy time, idle left out. */
  readonly busyMicros: number
  /** Own time by room of ours, by package, `node`, `gc`, `native`. */
  readonly byModule: readonly HotSpot[]
  readonly byFunction: readonly HotSpot[]
  /** Time in `ari-client`, `swagger-client` or anything either of them called or called back. */
  readonly ariClientMicros: number
}

const ARI_CLIENT = /node_modules\/(?:ari-client|swagger-client)\//

/**
 * Adds up what `node --cpu-prof` wrote into a folder, one file a thread.
 * @param skipMs from the start of each thread: loading and compiling are no part of the work
 */
export async function summarizeProfiles(directory: string, skipMs: number): Promise<ProfileSummary> {
  const byModule = new Map<string, number>()
  const byFunction = new Map<string, number>()
  let busyMicros = 0
  let ariClientMicros = 0
  for (const file of await readdir(directory)) {
    if (!file.endsWith('.cpuprofile')) continue
    const profile: CpuProfile = JSON.parse(await readFile(join(directory, file), 'utf8'))
    const underAriClient = descendantsOf(profile, ({ callFrame }) => ARI_CLIENT.test(callFrame.url))
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
    let sinceStart = 0
    for (const [index, id] of profile.samples.entries()) {
      const node = nodes.get(id)
      const micros = profile.timeDeltas[index] ?? 0
      sinceStart += micros
      if (sinceStart < skipMs * 1000 || !node || node.callFrame.functionName === '(idle)') continue
      busyMicros += micros
      if (underAriClient.has(id)) ariClientMicros += micros
      add(byModule, moduleOf(node), micros)
      add(byFunction, whereOf(node), micros)
    }
  }
  return { busyMicros, byModule: ranked(byModule), byFunction: ranked(byFunction), ariClientMicros }
}

function descendantsOf({ nodes }: CpuProfile, isRoot: (node: ProfileNode) => boolean): ReadonlySet<number> {
  const found = new Set<number>()
  // Parents come before their children in what V8 writes.
  for (const node of nodes) {
    if (isRoot(node)) found.add(node.id)
    if (found.has(node.id)) for (const child of node.children ?? []) found.add(child)
  }
  return found
}

function moduleOf({ callFrame: { url, functionName } }: ProfileNode): string {
  if (functionName === '(garbage collector)') return 'gc'
  const pack = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(url)?.[1]
  if (pack !== undefined) return pack
  const room = /\/src\/([^/]+(?:\/(?:sqlite|amocrm))?)\//.exec(url)?.[1]
  if (room !== undefined) return `src/${room}`
  if (url.startsWith('node:')) return 'node'
  return url === '' ? 'native' : 'src'
}

function whereOf({ callFrame: { url, functionName, lineNumber } }: ProfileNode): string {
  const file = url.replace(/^.*\/(src|node_modules)\//, '$1/')
  return `${functionName || '(anonymous)'} ${file}${file === '' ? '' : `:${lineNumber + 1}`}`.trim()
}

function add(sums: Map<string, number>, name: string, micros: number): void {
  sums.set(name, (sums.get(name) ?? 0) + micros)
}

function ranked(sums: ReadonlyMap<string, number>): readonly HotSpot[] {
  return [...sums].map(([where, micros]) => ({ where, micros })).sort((a, b) => b.micros - a.micros)
}
