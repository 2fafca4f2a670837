import assert from 'node:assert/strict'
import { test } from 'vitest'
import { flaws, ids, list, pick, testSandbox } from './_client.ts'

const metadata = {
  phone: '+79991112233',
  from: 'x',
  called_at: 1_700_000_000,
  duration: 5,
  link: '',
  service_code: 'x',
}
const sip = { source_uid: '7001', source_name: 'Линия', metadata, _embedded: { contacts: [{ name: 'Иван' }] } }
const form = {
  source_uid: 'site',
  source_name: 'Сайт',
  metadata: {
    form_id: '1',
    form_name: 'Обратный звонок',
    form_page: 'https://acme.example',
    form_sent_at: 1_700_000_000,
  },
  _embedded: { contacts: [{ name: 'Пётр' }] },
}

test('given incoming leads switched off in the account or a pipeline when one is added then 400 and nothing is stored', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const second = sandbox.addPipeline({ name: 'Вторая', stages: ['Новая'] })
  const add = async (more: object = {}) =>
    (await call('POST', '/api/v4/leads/unsorted/sip', [{ ...sip, ...more }])).status
  sandbox.switchUnsorted(false, second)
  assert.deepEqual([await add(), await add({ pipeline_id: second })], [200, 400])
  const seen = list((await call('GET', '/api/v4/leads/pipelines')).json, '_embedded.pipelines')
  assert.deepEqual(
    seen.map((pipeline) => pick(pipeline, 'is_unsorted_on')),
    [true, false],
  )
  sandbox.switchUnsorted(false)
  assert.equal(await add(), 400)
  assert.equal(pick((await call('GET', '/api/v4/account')).json, 'is_unsorted_on'), false)
  assert.equal(sandbox.leads().length, 1)
})

test('given a lead, contact and metadata at once then it waits among the incoming ones; with those off it goes straight to work', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const item = {
    name: 'Звонок',
    _embedded: { contacts: [{ name: 'Иван' }], metadata: { ...metadata, category: 'sip' } },
  }
  const reply = await call('POST', '/api/v4/leads/complex', [item])
  assert.equal(pick(list({ all: reply.json }, 'all')[0], 'id'), 901)
  const [entry] = sandbox.unsorted()
  assert.deepEqual([entry?.lead, entry?.category, entry?.contacts], [901, 'sip', [501]])
  assert.equal(sandbox.leads()[0]?.status, 44000)
  assert.equal(sandbox.callNotes()[0]?.origin, 'unsorted')
  assert.equal((await call('GET', '/api/v4/contacts')).status, 204)
  sandbox.switchUnsorted(false)
  await call('POST', '/api/v4/leads/complex', [item])
  assert.equal(sandbox.leads()[1]?.status, 44001)
  assert.deepEqual(ids(await call('GET', '/api/v4/contacts'), 'contacts'), [502])
})

test('given forms and calls among the incoming leads then categories tell them apart', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  assert.equal((await call('POST', '/api/v4/leads/unsorted/forms', [form])).status, 200)
  await call('POST', '/api/v4/leads/unsorted/sip', [sip])
  const forms = list((await call('GET', '/api/v4/leads/unsorted?filter[category][]=forms')).json, '_embedded.unsorted')
  assert.deepEqual(
    forms.map((entry) => [pick(entry, 'category'), pick(entry, 'metadata.form_name')]),
    [['forms', 'Обратный звонок']],
  )
  const summary = await call('GET', '/api/v4/leads/unsorted/summary')
  assert.deepEqual([pick(summary.json, 'categories.sip.total'), pick(summary.json, 'categories.forms.total')], [1, 1])
  assert.deepEqual(
    flaws(await call('POST', '/api/v4/leads/unsorted/forms', [{ ...form, metadata }]))[0],
    '0: FieldMissing metadata.form_id',
  )
})

test('given a person who sorts incoming leads by hand then leads move, are declined or go with the trash', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  await call('POST', '/api/v4/leads/unsorted/sip', [sip, sip, sip, sip])
  const [first, second] = sandbox.unsorted()
  sandbox.acceptUnsorted(first?.uid ?? '', { user: 7000002, status: 44002 })
  sandbox.declineUnsorted(second?.uid ?? '')
  sandbox.moveLead(903, { status: 44001 })
  sandbox.deleteLead(904)
  assert.deepEqual(
    sandbox.leads().map(({ status, owner, deleted }) => [status, owner, deleted]),
    [
      [44002, 7000002, false],
      [44000, 7000001, true],
      [44001, 7000001, false],
      [44000, 7000001, true],
    ],
  )
  assert.deepEqual(
    sandbox.unsorted().map(({ state }) => state),
    ['accepted', 'declined', 'accepted', 'declined'],
  )
  assert.equal((await call('GET', '/api/v4/leads/unsorted')).status, 204)
})

test('given a manager who may see only the own cards then lists are silently incomplete; one who may see nothing gets 204', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const [mine] = [sandbox.addContact({ owner: 7000002 }), sandbox.addContact({ owner: 7000003 })]
  const token = sandbox.issueToken({ user: 7000002, admin: false })
  const seen = async () => ids(await call('GET', '/api/v4/contacts', undefined, token), 'contacts')
  assert.equal((await seen()).length, 2)
  sandbox.setRights(7000002, { view: 'M' })
  assert.deepEqual(await seen(), [mine])
  sandbox.setRights(7000002, { view: 'D' })
  assert.equal((await call('GET', '/api/v4/contacts', undefined, token)).status, 204)
  const users = list((await call('GET', '/api/v4/users')).json, '_embedded.users')
  assert.equal(pick(users[1], 'rights.contacts.view'), 'D')
})

test('given a role then users carry it and the role lists them, to administrators', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  sandbox.setRights(7000002, { role: 6001 })
  const roles = await call('GET', '/api/v4/roles?with=users')
  assert.deepEqual(pick(roles.json, '_embedded.roles.0._embedded.users'), [7000002])
  assert.equal(pick((await call('GET', '/api/v4/users/7000002?with=role')).json, '_embedded.roles.0.name'), 'Менеджер')
  const token = sandbox.issueToken({ user: 7000002, admin: false })
  assert.equal((await call('GET', '/api/v4/roles', undefined, token)).status, 403)
})

test('given a pipeline made or switched by the API then an administrator may, nobody else', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const path = '/api/v4/leads/pipelines'
  const body = {
    name: 'Новая',
    sort: 20,
    is_main: false,
    is_unsorted_on: false,
    _embedded: { statuses: [{ name: 'A' }] },
  }
  const token = sandbox.issueToken({ user: 7000002, admin: false })
  assert.equal((await call('POST', path, [body], token)).status, 403)
  assert.equal((await call('PATCH', `${path}/4400`, {}, token)).status, 403)
  const made = await call('POST', path, [body])
  const id = pick(list(made.json, '_embedded.pipelines')[0], 'id')
  assert.equal((await call('PATCH', `${path}/${id}`, { is_unsorted_on: true })).status, 200)
  assert.equal((await call('POST', '/api/v4/leads/unsorted/sip', [{ ...sip, pipeline_id: id }])).status, 200)
  sandbox.archivePipeline(4400)
  assert.equal(pick((await call('GET', `${path}/4400`)).json, 'is_archive'), true)
})
