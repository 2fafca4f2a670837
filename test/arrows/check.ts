import type { SourceGraph } from './graph.ts'
import { type Rule, roots, rules } from './rules.ts'

/** Every breach as a sentence; empty when the house stands as drawn. */
export function breaches(graph: SourceGraph, table: readonly Rule[] = rules): readonly string[] {
  return [
    ...graph.dangling.map(({ from, to }) => `${from} imports ${to}, which is not in the source folder`),
    ...homeless(graph, table),
    ...forbidden(graph, table),
    ...circles(graph).map((circle) => `circle: ${circle.join(' → ')}`),
  ]
}

function homeless(graph: SourceGraph, table: readonly Rule[]): readonly string[] {
  return graph.files
    .filter((file) => !isRoot(file) && file.includes('/') && roomOf(file, table) === undefined)
    .map((file) => `${file} stands in a room that the rules do not name`)
}

function forbidden(graph: SourceGraph, table: readonly Rule[]): readonly string[] {
  return graph.arrows.flatMap(({ from, to }) => {
    if (isRoot(from)) return []
    if (isRoot(to)) return [`${from} imports ${to}: nothing imports the composition root or a command`]
    const [fromRoom, toRoom] = [roomOf(from, table), roomOf(to, table)]
    if (!fromRoom || !toRoom || fromRoom.room === toRoom.room) return []
    return fromRoom.may.includes(toRoom.room)
      ? []
      : [`${from} imports ${to}: ${fromRoom.room}/ may not import ${toRoom.room}/`]
  })
}

function isRoot(file: string): boolean {
  return roots.some((root) => file === root || file.startsWith(`${root}/`))
}

/** Files directly in the source folder (the log) serve everybody and belong to no room. */
function roomOf(file: string, table: readonly Rule[]): Rule | undefined {
  return table.filter(({ room }) => file.startsWith(`${room}/`)).toSorted((a, b) => b.room.length - a.room.length)[0]
}

/** Each circle once, types included: a circle of types is a circle in the reader's head. */
function circles(graph: SourceGraph): readonly (readonly string[])[] {
  const next = Map.groupBy(graph.arrows, ({ from }) => from)
  const found: string[][] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      found.push([...path.slice(at), file])
      return
    }
    if (done.has(file)) return
    for (const { to } of next.get(file) ?? []) walk(to, [...path, file])
    done.add(file)
  }
  for (const file of graph.files) walk(file, [])
  return found
}
