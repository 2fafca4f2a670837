import { parseArgs } from 'node:util'
import { startSandbox } from './sandbox.ts'

const { values } = parseArgs({ options: { port: { type: 'string' } } })
const sandbox = await startSandbox(values.port === undefined ? {} : { port: Number(values.port) })
process.stdout.write(`amoCRM sandbox: ${sandbox.url}\ntoken: ${sandbox.token}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox[Symbol.asyncDispose]())
