import { fileURLToPath } from 'node:url'
import { breaches } from './check.ts'
import { readGraph } from './graph.ts'

const graph = readGraph(fileURLToPath(new URL('../../src', import.meta.url)))
const found = breaches(graph)
for (const breach of found) console.error(`arrows: ${breach}`)
console.log(`arrows: ${graph.files.length} files, ${graph.arrows.length} imports, ${found.length} breaches`)
// A check that read nothing has checked nothing.
process.exitCode = found.length > 0 || graph.files.length === 0 || graph.arrows.length === 0 ? 1 : 0
