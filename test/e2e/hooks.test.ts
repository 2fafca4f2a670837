import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'src/main.ts')
const [BORIS, VERA] = [7_000_002, 7_000_003]
const LINE = '74950000001'
const ROUTED = '74950000002'
const phones = {
  plain: '+79031112201',
  refused: '+79031112202',
  throws: '+79031112203',
  hangs: '+79031112204',
  edited: '+79031112205',
  known: '+79221532327',
}

/** What a customer might write. Each hook does something else for another number. */
const files: Readonly<Record<string, string>> = {
  'need-registration.ts': `import type { Hook } from 'callweave/hooks'
export default (({ call }) => (call.client === '${phones.refused}' ? 'a test number' : true)) satisfies Hook<'need-registration'>
`,
  'call-parameters.ts': `import type { Hook } from 'callweave/hooks'
import { greeting } from './_greeting.ts'
export default (async ({ call, line, people }) => {
  if (call.client === '${phones.throws}') throw new RangeError('no such client')
  while (call.client === '${phones.hangs}') {}
  return { text: \`\${greeting} \${line.label}, \${people.map(({ name }) => name).join()}\`, person: ${VERA} }
}) satisfies Hook<'call-parameters'>
`,
  '_greeting.ts': `export const greeting: string = 'Сценарий:'
`,
  'lead-creation.ts': `import type { Hook } from 'callweave/hooks'
export const hook: Hook<'lead-creation'> = ({ value, call }) => ({ ...value, name: 'Лид ' + call.client, tags: ['hook'] })
`,
  'routing.ts': `import type { Hook } from 'callweave/hooks'
export default (({ value, question, clients }) => {
  if (question.why !== 'unknown-client' && clients[0]?.name === 'Иван') return { extension: '102', callerName: 'VIP' }
}) satisfies Hook<'routing'>
`,
  'card.ts': `import type { Hook } from 'callweave/hooks'
export default (({ value }) => (value.state === 'known' ? { ...value, name: value.name + ' (VIP)' } : undefined)) satisfies Hook<'card'>
`,
  'client-phone.ts': 'export default () => "+70000000000"\n',
}

describe('given Asterisk 22 and a directory of hooks', () => {
  let stage: Stage
  let service: ServiceProcess
  let directory: string

  beforeAll(async () => {
    stage = await setStage({
      asterisk: '22',
      sandbox: { seed: ({ addContact }) => void addContact({ name: 'Иван', phones: [phones.known], owner: BORIS }) },
      config: {
        hooks: { seconds: 0.5 },
        lines: [
          { did: LINE, label: 'Сайт', rules: { missedUnknown: { create: 'lead', responsible: ['last-rang'] } } },
          { did: ROUTED, label: 'Офис', routing: { on: true, order: ['list'], extensions: ['101'], ringSeconds: 3 } },
        ],
      },
    })
    directory = join(dirname(stage.configFile), 'hooks')
    await command('init')
    const example = await readFile(join(root, 'config/hooks-examples/lead-for-missed/post-registration.ts'), 'utf8')
    for (const [name, text] of Object.entries({ ...files, 'post-registration.ts': example })) await put(name, text)
    await chown(join(directory, 'client-phone.ts'), 12_345, 0)
    service = await stage.start()
    const missed = [phones.plain, phones.refused, phones.throws, phones.hangs]
    await Promise.all(missed.map((from) => miss(from)))
    await stage.settled(30_000)
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  /** Whatever this process's umask is: what others may write is not run. */
  const put = async (name: string, text: string): Promise<void> => {
    await writeFile(join(directory, name), text)
    await chmod(join(directory, name), 0o644)
  }
  const command = async (...args: readonly string[]): Promise<string> => {
    const [action = '', ...rest] = args
    const { stdout } = await run(process.execPath, [main, 'hooks', action, ...rest, '--config', stage.configFile])
    return stdout
  }
  const miss = (from: string, did = LINE) => stage.lab.trunk.call({ from, did, giveUpAfterMs: 1_000 })
  const noteOf = (phone: string) => stage.sandbox.callNotes().filter((note) => note.phone === phone)
  const leadsNamed = (name: string) => stage.sandbox.leads().filter((lead) => lead.name === name)
  const idOf = (phone: string) => {
    const line = service.log.find(({ msg, client }) => msg === 'call arrived' && client === phone)
    return String(line?.['call'])
  }
  const explain = async (phone: string): Promise<string> => {
    const args = [main, 'explain', '--lang', 'en', '--config', stage.configFile, idOf(phone)]
    return (await run(process.execPath, args)).stdout
  }

  test('when a call is registered, then note and lead are as the hooks made them, and that is explained', async () => {
    expect(noteOf(phones.plain)).toMatchObject([{ result: 'Сценарий: Сайт, Анна Смирнова', responsible: VERA }])
    expect(leadsNamed(`Лид ${phones.plain}`)).toHaveLength(1)
    expect(await explain(phones.plain)).toMatch(
      /The hook lead-creation changed: name, tags\.[\s\S]*changed: person, text/,
    )
  })

  test('when a hook refuses a call, then nothing is written to the CRM and the reason is kept', async () => {
    expect(noteOf(phones.refused)).toEqual([])
    expect(await explain(phones.refused)).toMatch(/need-registration keeps the call out of the CRM: a test number/)
  })

  test('when a hook throws or hangs, then the call goes on as the rules say, and who looks is told', async () => {
    for (const phone of [phones.throws, phones.hangs]) {
      expect(noteOf(phone)).toMatchObject([{ responsible: 7_000_001 }])
      expect(leadsNamed(`Лид ${phone}`)).toHaveLength(1)
    }
    expect(await explain(phones.throws)).toMatch(
      /call-parameters failed and changed nothing: RangeError: no such client/,
    )
    expect(await explain(phones.hangs)).toMatch(
      /call-parameters failed and changed nothing: it took longer than 500 ms/,
    )
    expect(await service.status('hooks.call-parameters')).toMatchObject({
      on: true,
      failures: 2,
      lastError: expect.stringMatching(/no such client|longer than/),
    })
    expect(service.log.some(({ error }) => String(error).includes('a loop holds the thread'))).toBe(true)
  })

  test('when a hook belongs to somebody else, then it is not run, with the cure', async () => {
    expect(await service.status('hooks.client-phone')).toMatchObject({ on: false, runs: 0 })
    expect(await service.status('hooks.client-phone.lastError')).toMatch(/belongs to user 12345.*chown root/)
    await expect(command('list')).rejects.toMatchObject({ stdout: expect.stringMatching(/client-phone +NOT RUN/) })
  })

  test('when a hook asks the CRM, then a missed call of a known client becomes a lead, and the next one no second', async () => {
    const leads = () => leadsNamed(`Пропущенный с Сайт: ${phones.known}`)
    await miss(phones.known)
    await eventually(() => leads().length === 1, 15_000, 'the hook made no lead')
    await miss(phones.known)
    const asked = (line: Readonly<Record<string, unknown>>) => /no second one/.test(String(line['text']))
    await service.waitForLog(asked, 15_000)
    expect(leads()).toHaveLength(1)
  })

  test('when a known client calls, then the hooks choose who rings and what the card says', async () => {
    using cards = await stage.cards('102')
    const call = stage.lab.trunk.call({ from: phones.known, did: ROUTED, giveUpAfterMs: 1_500 })
    const { displayName } = await stage.lab.phone('102').waitForRing(8_000)
    expect(displayName).toBe('VIP')
    await cards.waitFor(({ card }) => JSON.stringify(card ?? {}).includes('Иван (VIP)'), 5_000)
    await call
    expect(await service.status('hooks.routing.lastMs')).toBeLessThan(150)
  })

  test('when a hook’s helper is edited, then the next call has it, without a restart', async () => {
    await writeFile(join(directory, '_greeting.ts'), `export const greeting: string = 'Иначе:'\n`)
    const before = service.log.filter(({ msg }) => msg === 'hooks are loaded').length
    await eventually(
      () => service.log.filter(({ msg }) => msg === 'hooks are loaded').length > before,
      10_000,
      'the edited hook was not loaded',
    )
    await miss(phones.edited)
    await stage.settled(30_000)
    expect(noteOf(phones.edited)).toMatchObject([{ result: expect.stringMatching(/^Иначе: Сайт/) }])
  })

  test('when a hook is tried on a past call, then it is shown what goes in and comes out, and nothing is written', async () => {
    const written = stage.sandbox.requests().length
    const file = join(directory, 'lead-creation.ts')
    const told = await command('test', file, '--call', idOf(phones.plain))
    expect(told).toMatch(/"point": "lead-creation"/)
    expect(told).toMatch(/name: ".*" → "Лид \+79031112201"/)
    expect(told).toMatch(/it took \d+ ms of 500/)
    const asking = command('test', join(directory, 'post-registration.ts'), '--call', idOf(phones.known), '--crm')
    const refused = await asking.catch(({ stdout }: { readonly stdout: string }) => stdout)
    expect(refused).toMatch(/a dry run changes nothing in the CRM|it changes nothing/)
    const writes = stage.sandbox
      .requests()
      .slice(written)
      .filter(({ method }) => method !== 'GET')
    expect(writes).toEqual([])
  })

  test('when the examples of the documentation are checked and loaded, then they are right', async () => {
    const page = await readFile(join(root, 'docs/hooks.md'), 'utf8')
    const examples = [...page.matchAll(/```ts\n\/\/ ([\w-]+\.ts)([\s\S]*?)```/g)]
    expect(new Set(examples.map(([, name]) => name)).size).toBe(14)
    const configFile = join(dirname(stage.configFile), 'documented', 'config.json')
    const documented = join(dirname(configFile), 'hooks')
    await mkdir(dirname(configFile))
    await writeFile(configFile, await readFile(stage.configFile))
    const hooks = (action: string) => run(process.execPath, [main, 'hooks', action, '--config', configFile])
    await hooks('init')
    for (const [, name = '', text = ''] of examples) {
      await writeFile(join(documented, name), `//${text}`, { mode: 0o644 })
    }
    expect((await run(join(root, 'node_modules/.bin/tsc'), ['-p', documented])).stdout).toBe('')
    expect((await hooks('list')).stdout).not.toMatch(/NOT RUN/)
  })

  test('when an editor checks the hooks with the files made by init, then their types are found', async () => {
    const tsc = join(root, 'node_modules/.bin/tsc')
    expect((await run(tsc, ['-p', directory])).stdout).toBe('')
    await writeFile(
      join(directory, '_wrong.ts'),
      (await readFile(join(directory, 'routing.ts'), 'utf8')).replace("'102'", '102'),
    )
    await expect(run(tsc, ['-p', directory])).rejects.toMatchObject({ stdout: expect.stringMatching(/_wrong\.ts/) })
  })
})
