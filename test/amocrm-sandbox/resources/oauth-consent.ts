import { Html, html } from '../page/html.ts'
import type { Answer } from '../transport/answer.ts'

export interface OAuthClient {
  readonly id: string
  readonly secret: string
  /** Compared exactly in both grants. */
  readonly redirectUri: string
}

export interface Consent {
  readonly client: OAuthClient
  /** What `referer` says: the account's host. */
  readonly host: string
  readonly issueCode: (user: number) => string
}

/**
 * `GET /oauth?client_id=…&state=…`: a page that asks, or at once the redirect when `decision=allow|deny` came along, as the buttons
 * of the page do. `user` is who consents, by default the administrator (reference amocrm.md 1.2).
 */
export function consentAnswer(consent: Consent, query: (name: string) => string | undefined): Answer {
  const state = query('state')
  if (query('client_id') !== consent.client.id) return page(400, 'Приложение не найдено', new Html(''))
  switch (query('decision')) {
    case 'allow':
      return redirect(consent, {
        code: consent.issueCode(Number(query('user') ?? 7000001)),
        ...referer(consent),
        state,
      })
    case 'deny':
      return redirect(consent, { error: 'access_denied', state })
    default:
      return page(200, 'Разрешить доступ к аккаунту?', choices(consent.client.id, state))
  }
}

/** The call to the redirect URI after an installation, without any browser, and the one that tells of the end. */
export function integrationHooks(consent: Consent, account: number) {
  return {
    installed: (user: number): string =>
      withQuery(consent.client, { code: consent.issueCode(user), ...referer(consent), from_widget: '1' }),
    disconnected(address: string): string {
      const url = new URL(address)
      url.searchParams.set('client_uuid', consent.client.id)
      url.searchParams.set('account_id', String(account))
      return url.href
    },
  }
}

function referer(consent: Consent) {
  return { referer: consent.host }
}

function redirect(consent: Consent, query: Readonly<Record<string, string | undefined>>): Answer {
  return { status: 302, location: withQuery(consent.client, query) }
}

function withQuery(client: OAuthClient, query: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(client.redirectUri)
  for (const [name, value] of Object.entries({ ...query, client_id: client.id }))
    if (value !== undefined) url.searchParams.set(name, value)
  return url.href
}

function choices(client: string, state: string | undefined): Html {
  const link = (decision: string, words: string) => {
    const query = new URLSearchParams({ client_id: client, ...(state === undefined ? {} : { state }), decision })
    return html`<p><a href="/oauth?${query.toString()}">${words}</a></p>`
  }
  return html`${link('allow', 'Разрешить')}${link('deny', 'Отказать')}`
}

function page(status: number, title: string, body: Html): Answer {
  const { text } = html`<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}`
  return { status, type: 'text/html; charset=utf-8', body: text }
}
