import { once } from 'node:events'
import { LabError } from '../lab/lab-error.ts'
import { people, type Stage, setStage } from '../stage/stage.ts'
import { createNarrator, type Narrator } from './narrator.ts'
import { scenes } from './scenes.ts'

// `npm run demo`: a real PBX with real phones, an amoCRM emulator and the service; clients call, and everything that follows is
// told as it happens. `--once` ends after the last call. Ctrl-C ends everything at any moment and leaves nothing behind.

const DEMO_PORT = 8077
const ending = new AbortController()
// Again and again: impatient people press Ctrl-C twice, and npm passes on what the terminal has told everybody already.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => ending.abort())

const print = (line: string) => console.log(line)

async function demo(signal: AbortSignal): Promise<void> {
  print('Callweave demo: setting up a PBX, five phones, a trunk, a database, a CRM and the service …')
  const narrator = createNarrator(print, Date.now)
  await using stage = await setStage({
    asterisk: '22',
    signal,
    log: (line) => print(`        ${line}`),
    port: process.argv.includes('--once') ? 0 : DEMO_PORT,
    onLine: narrator.hear,
    sandbox: {
      seed: (hands) => void hands.addContact({ name: 'Иван Петров', phones: ['+7 (922) 153-23-27'], owner: 7_000_002 }),
    },
    config: { lines: [{ did: '7001', label: 'Advertising', routing: { on: true } }] },
  })
  await stage.start()
  signal.throwIfAborted()
  print(`\nThe CRM's contacts and call notes: ${stage.sandbox.url}/     (Ctrl-C ends the demo and removes everything)`)
  using listeners = new DisposableStack()
  for (const { extension, name } of people) {
    const cards = listeners.use(await stage.cards(extension))
    cards.onMessage((message) => narrator.see(`${extension} ${name}`, message))
  }
  await playAll(stage, narrator, signal)
}

async function playAll(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason)),
  )
  stopped.catch(() => undefined)
  for (const { title, play } of scenes) {
    narrator.title(title)
    await Promise.race([play(stage, narrator), stopped])
    await Promise.race([stage.settled(30_000), stopped])
  }
  const { sandbox } = stage
  print(
    `\nIn the CRM now: ${sandbox.contacts().length} contacts, ${sandbox.callNotes().length} call notes. Look: ${sandbox.url}/`,
  )
  if (process.argv.includes('--once')) return
  print('The demo stays up until you press Ctrl-C.')
  await once(signal, 'abort')
}

try {
  await demo(ending.signal)
} catch (error) {
  if (ending.signal.aborted) print('\nending …')
  else if (error instanceof LabError) console.error(`callweave: ${error.message}`)
  else console.error(error)
  process.exitCode = ending.signal.aborted ? 0 : 1
}
