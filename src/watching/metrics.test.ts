import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { watched } from './_watched.ts'
import { createMetrics } from './metrics.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

/** Names of families, and of what a histogram makes of its own. */
function namesIn(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', kind]) =>
      kind === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}

const mentioned = (text: string) =>
  new Set([...text.matchAll(/\b(?:callweave|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name))

test('given the dashboard and the page of docs, when they name a metric, then it exists; each of ours is explained and shown or counted', async () => {
  const real = namesIn(await createMetrics().text(watched))
  const dashboard = mentioned(read('grafana-dashboard.json'))
  const docs = mentioned(read('monitoring.md').replaceAll(/`(process|nodejs)_\*`/g, ''))
  expect([...dashboard, ...docs].filter((name) => !real.has(name))).toEqual([])
  const ours = [...real].filter((name) => /^callweave_.*(?<!_(bucket|sum|count))$/.test(name))
  expect(ours.filter((name) => !docs.has(name))).toEqual([])
})

test('given thousands of calls, when the page is asked for, then it has no more lines than after one', async () => {
  const metrics = createMetrics()
  const call = () => {
    metrics.callEnded({ direction: 'in', result: 'answered' })
    metrics.eventsHeard([{ kind: 'channel-created' }, { kind: 'channel-gone' }])
    metrics.questionEnded('answered', 20)
    metrics.crmAnswered('2xx', 80)
    metrics.clickEnded('busy')
    metrics.troubled('disk')
  }
  call()
  const lines = (await metrics.text(watched)).split('\n').length
  for (let n = 0; n < 5_000; n++) call()
  const text = await metrics.text(watched)
  expect(text.split('\n')).toHaveLength(lines)
  expect(text).toContain('callweave_calls_total{direction="in",result="answered"} 5001')
})

test('given something that was wrong and is not any more, when the page is asked for again, then it does not stand there', async () => {
  const metrics = createMetrics()
  const alerts = [{ kind: 'disk-low', severity: 'error', since: 0, text: '' }] as const
  expect(await metrics.text({ ...watched, alerts })).toContain('callweave_alert_active{kind="disk-low"} 1')
  expect(await metrics.text(watched)).not.toContain('kind="disk-low"')
  const { certificateEndsAt: _, ...findings } = watched.findings
  const text = await metrics.text({ ...watched, findings: { ...findings, certificateEndsAt: undefined } })
  expect(text).not.toMatch(/^callweave_certificate_ends_timestamp_seconds /m)
})
