import { expect, test } from 'vitest'
import { parts, watched } from './_watched.ts'
import { type ActiveAlert, statusTree } from './status-tree.ts'

const alert = (severity: ActiveAlert['severity']): ActiveAlert => ({ kind: 'any', severity, since: 0, text: '' })

test('given a house in which all is well, when its status is asked for, then known fields stand beside what the parts say', () => {
  const tree = statusTree(watched)
  expect(tree).toMatchObject(parts)
  expect(tree).toMatchObject({
    app_status: 'Ok',
    app_state: '',
    app: {
      c2c: { connected: true, on: true, portal: 'acme.amocrm.ru' },
      calls_storage: { calls: 2 },
      crm: { host: 'acme.amocrm.ru', on: true, manager: { batch_queue: 3 }, users_cache: { users: 4, phones: 3 } },
      customizer: { enabled: true, methods: { 'lead-creation': true } },
    },
    registered: { share: 1 },
  })
})

test.each([
  [[], 'Ok'],
  [[alert('warning')], 'Warning'],
  [[alert('warning'), alert('error')], 'Error'],
] as const)('given alerts %j, when the whole is told, then it is %s', (alerts, status) =>
  expect(statusTree({ ...watched, alerts })).toMatchObject({ app_status: status }),
)

test.each([
  [{ mode: 'off' }, 'stopped'],
  [{ crm: { ...parts.crm, needsPerson: 'a new token' } }, 'stopped'],
  [{ asterisk: { ...parts.asterisk, state: 'standing-by' } }, 'stopped'],
  [{ asterisk: { ...parts.asterisk, state: 'connecting' } }, 'restarting'],
  [{ asterisk: { ...parts.asterisk, state: 'down' } }, ''],
] as const)('given %j, when its state is told, then it is "%s"', (change, state) =>
  expect(statusTree({ ...watched, parts: { ...parts, ...change } })).toMatchObject({ app_state: state }),
)

test('given nothing that belongs into the CRM, when the share is told, then it is whole', () => {
  const registered = { calls: 0, done: 0 }
  const tree = statusTree({ ...watched, findings: { ...watched.findings, registered } })
  expect(tree).toMatchObject({ registered: { share: 1 } })
})
