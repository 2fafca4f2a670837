import { parseArgs } from 'node:util'
import { startSandbox } from './sandbox.ts'

/** `node test/amocrm-sandbox/main.ts [--port N]`: a sandbox to look at and to talk to by hand, until Ctrl-C. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535) {
    process.stderr.write(`--port must be a number from 0 to 65535, not ${values.port}\n`)
    process.exitCode = 2
    return
  }
  const sandbox = await startSandbox({ port: Number(values.port) })
  process.stdout.write(`amoCRM sandbox: ${sandbox.url}\ntoken: ${sandbox.token}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox[Symbol.asyncDispose]())
}

await main()
