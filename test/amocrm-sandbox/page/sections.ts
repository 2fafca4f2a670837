import type { EntityKey } from '../state/entities.ts'
import { singular } from '../state/entities.ts'
import { type Html, html } from './html.ts'
import type { PageState } from './page-state.ts'
import { callStatusBadge, dateTime, directionBadge, person, statusBadge, talkTime } from './words.ts'

/** A table with the newest rows on top; long ones are cut, the heading tells the whole number. */
function table<Row>(
  heading: { readonly title: string; readonly about: string; readonly wide?: boolean },
  columns: readonly (string | readonly [string, string])[],
  rows: readonly Row[],
  cells: (row: Row) => { readonly key: string; readonly tds: Html },
): Html {
  const shown = rows.slice(-100).reverse()
  const heads = columns.map((column) =>
    typeof column === 'string' ? html`<th>${column}</th>` : html`<th class="${column[1]}">${column[0]}</th>`,
  )
  const body = shown.map(cells).map(({ key, tds }) => html`<tr data-key="${key}">${tds}</tr>`)
  const content =
    rows.length === 0
      ? html`<p class="empty">Nothing yet.</p>`
      : html`<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`
  return html`<section class="${heading.wide ? 'wide' : ''}"><h2>${heading.title}<small>${heading.about}</small></h2>${content}</section>`
}

export function callNotes(state: PageState): Html {
  const columns = [
    'Time',
    'Direction',
    'Client',
    'Phone',
    ['Talk', 'n'],
    'Result',
    'Person',
    'Author',
    'Recording, text',
  ] as const
  return table(
    { title: 'Call notes', about: count(state.callNotes), wide: true },
    columns,
    state.callNotes,
    (note) => ({
      key: `note ${note.id} ${note.updatedAt}`,
      tds: html`<td class="t">${dateTime(note.createdAt)}</td><td>${directionBadge(note.direction)}</td>
      <td>${clientName(state, note.entity)}</td><td class="p">${String(note.phone ?? '')}</td><td class="n">${talkTime(note.seconds)}</td>
      <td>${callStatusBadge(note.status)}</td><td>${person(state.users, note.responsible)}</td>
      <td>${person(state.users, note.author)}</td>
      <td>${recording(note.link)}${String(note.result ?? '')} <code class="soft">${String(note.uniq ?? '')}</code></td>`,
    }),
  )
}

export function contacts(state: PageState): Html {
  const rows = [
    ...state.companies.map((client) => ({ ...client, kind: 'company' })),
    ...state.contacts.map((client) => ({ ...client, kind: 'contact' })),
  ]
  return table(
    { title: 'Contacts and companies', about: count(rows) },
    ['', 'Name', 'Phones', 'Owner', 'Created'],
    rows,
    (row) => ({
      key: `${row.kind} ${row.id}`,
      tds: html`<td class="t">${row.id}</td><td>${row.name} ${marks([
        row.kind === 'company' && 'company',
        row.deleted && 'in the trash',
        row.unsorted && 'incoming',
      ])}</td><td class="p">${row.phones.join(', ')}</td><td>${person(state.users, row.owner)}</td><td class="t">${dateTime(row.createdAt)}</td>`,
    }),
  )
}

export function leads(state: PageState): Html {
  return table(
    { title: 'Leads', about: count(state.leads) },
    ['', 'Name', 'Stage', 'Contact', 'Owner'],
    state.leads,
    (lead) => ({
      key: `lead ${lead.id}`,
      tds: html`<td class="t">${lead.id}</td><td>${lead.name || '–'} ${marks([lead.deleted && 'in the trash'])}</td>
      <td>${stageName(state, lead.pipeline, lead.status)}</td>
      <td>${lead.contacts.map((id) => clientName(state, { type: 'contacts', id })).join(', ')}</td>
      <td>${person(state.users, lead.owner)}</td>`,
    }),
  )
}

export function tasks(state: PageState): Html {
  return table(
    { title: 'Tasks', about: count(state.tasks) },
    ['Due', 'Text', 'For', 'Owner', ''],
    state.tasks,
    (task) => ({
      key: `task ${task.id}`,
      tds: html`<td class="t">${dateTime(task.completeTill)}</td><td>${task.text}</td>
      <td>${task.entity === undefined ? '–' : clientName(state, task.entity)}</td><td>${person(state.users, task.owner)}</td>
      <td>${task.completed ? html`<span class="badge good">done</span>` : html`<span class="badge warn">open</span>`}</td>`,
    }),
  )
}

export function unsorted(state: PageState): Html {
  const columns = ['Time', 'Source', 'Phone', 'State']
  return table({ title: 'Incoming leads', about: count(state.unsorted) }, columns, state.unsorted, (entry) => ({
    key: `unsorted ${entry.uid}`,
    tds: html`<td class="t">${dateTime(entry.createdAt)}</td><td>${entry.sourceName}</td>
      <td class="p">${String(entry.metadata['phone'] ?? '')}</td><td><span class="badge">${entry.state}</span></td>`,
  }))
}

export function popups(state: PageState): Html {
  const columns = ['Time', 'Phone', 'Card', 'Shown to']
  return table({ title: 'Call popups', about: count(state.popups) }, columns, state.popups, (popup) => ({
    key: `popup ${popup.at} ${popup.phone}`,
    tds: html`<td class="t">${dateTime(popup.at)}</td><td class="p">${popup.phone}</td>
      <td>${popup.entity === undefined ? 'unknown number' : clientName(state, popup.entity)}</td>
      <td>${popup.users.map((id) => person(state.users, id)).join(', ')}</td>`,
  }))
}

export function requests(state: PageState): Html {
  const about = `last ${state.requests.length} of ${state.requestCount}`
  const columns = ['Time', 'Request', 'Answer', 'Body']
  return table({ title: 'Requests', about, wide: true }, columns, state.requests, (request) => ({
    key: `request ${request.number}`,
    tds: html`<td class="t">${dateTime(request.at / 1000)}</td>
      <td><code>${request.method} ${request.path}${request.query === '' ? '' : `?${request.query}`}</code></td>
      <td>${statusBadge(request.status)} ${marks([request.fault !== undefined && `fault: ${request.fault.kind}`])}</td>
      <td><code class="soft">${request.body.length > 160 ? `${request.body.slice(0, 160)}…` : request.body}</code></td>`,
  }))
}

function clientName(state: PageState, key: EntityKey): string {
  const known = state[key.type].find(({ id }) => id === key.id)
  return known === undefined
    ? `${singular[key.type]} ${key.id}`
    : `${known.name || '–'} (${singular[key.type]} ${key.id})`
}

function stageName(state: PageState, pipeline: number, status: number): string {
  const stages = state.pipelines.find(({ id }) => id === pipeline)?.statuses ?? []
  return stages.find(({ id }) => id === status)?.name ?? String(status)
}

/** Only web links are made clickable: the text comes from strangers. */
function recording(link: unknown): Html {
  if (typeof link !== 'string' || !/^https?:\/\//.test(link)) return html``
  return html`<a href="${link}" rel="noreferrer">recording</a> `
}

function marks(texts: readonly (string | false)[]): Html {
  return html`${texts.filter((text) => text !== false).map((text) => html`<span class="badge">${text}</span> `)}`
}

function count(rows: readonly unknown[]): string {
  return String(rows.length)
}
