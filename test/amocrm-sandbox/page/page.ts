import { createHash } from 'node:crypto'
import type { WireAnswer, WireRequest } from '../transport/http-server.ts'
import { Html, html } from './html.ts'
import type { PageState } from './page-state.ts'
import { callNotes, contacts, leads, popups, requests, tasks, unsorted } from './sections.ts'
import { script, styles } from './styles.ts'
import { dateTime } from './words.ts'

/** The page for people at `/` and its data at `/sandbox/state.json`; read-only, outside limits and authorisation. */
export function pageAnswer(request: WireRequest, state: () => PageState): WireAnswer | undefined {
  if (request.method !== 'GET') return undefined
  if (request.path === '/sandbox/state.json')
    return { status: 200, type: 'application/json', body: JSON.stringify(state()) }
  return request.path === '/' ? { status: 200, type: 'text/html; charset=utf-8', body: render(state()) } : undefined
}

function render(state: PageState): string {
  const tiles: readonly (readonly [string, number])[] = [
    ['call notes', state.callNotes.length],
    ['contacts', state.contacts.length],
    ['companies', state.companies.length],
    ['leads', state.leads.length],
    ['tasks', state.tasks.length],
    ['popups', state.popups.length],
    ['requests', state.requestCount],
  ]
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self'; style-src '${hash(styles)}'; script-src '${hash(script)}'">
<noscript><meta http-equiv="refresh" content="3"></noscript>
<title>amoCRM sandbox · ${state.account.name}</title>
<style>${new Html(styles)}</style>
</head>
<body>
<header><h1>${state.account.name}</h1><p>amoCRM sandbox, account ${state.account.id}: what the CRM knows, live</p><p id="status">${dateTime(state.at)}</p></header>
<main>
<div class="tiles">${tiles.map(([name, value]) => html`<div class="tile"><b>${value}</b><span>${name}</span></div>`)}</div>
${callNotes(state)}
${contacts(state)}
${leads(state)}
${tasks(state)}
${popups(state)}
${unsorted(state)}
${requests(state)}
</main>
<script>${new Html(script)}</script>
</body>
</html>
`
  return page.text
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
