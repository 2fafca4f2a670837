import { type Answer, badRequest, hal, noContent } from '../transport/answer.ts'
import { textAt } from '../transport/bracket-query.ts'
import type { ApiRequest } from '../transport/route-table.ts'

/** amoCRM gives at most 250 a page; a larger limit is cut, not refused. */
const maximumLimit = 250

export interface ListOptions {
  readonly maximumLimit?: number
  /** Users alone tell totals and carry first and last links (reference amocrm.md 0, 9). */
  readonly totals?: boolean
}

/** One page of `rows`; 204 without a body when it is empty, no `next` on the last page. */
export function listAnswer<Row>(
  request: ApiRequest,
  key: string,
  rows: readonly Row[],
  render: (row: Row) => unknown,
  options: ListOptions = {},
): Answer {
  const limit = Math.min(positive(request, 'limit', 50), options.maximumLimit ?? maximumLimit)
  const page = positive(request, 'page', 1)
  const shown = rows.slice((page - 1) * limit, page * limit)
  if (shown.length === 0) return noContent
  const pages = Math.ceil(rows.length / limit)
  const link = (to: number) => ({ href: pageLink(request, to, limit) })
  const answer = hal({
    ...(options.totals ? { _total_items: rows.length } : {}),
    _page: page,
    ...(options.totals ? { _page_count: pages } : {}),
    _links: {
      self: link(page),
      ...(page < pages ? { next: link(page + 1) } : {}),
      ...(options.totals ? { first: link(1), last: link(pages) } : {}),
      ...(options.totals && page > 1 ? { prev: link(page - 1) } : {}),
    },
    _embedded: { [key]: shown.map(render) },
  })
  return { ...answer, items: shown.length }
}

/** Thin answer of a write. */
export function writeAnswer(request: ApiRequest, key: string, items: readonly unknown[]): Answer {
  return hal({ _links: { self: { href: `${request.base}${request.path}` } }, _embedded: { [key]: items } })
}

export function selfLink(request: ApiRequest, path: string): { readonly self: { readonly href: string } } {
  return { self: { href: `${request.base}${path}` } }
}

function positive(request: ApiRequest, name: string, otherwise: number): number {
  const text = textAt(request.query, name)
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw badRequest(`Invalid value of ${name}`)
  return Number(text)
}

function pageLink(request: ApiRequest, page: number, limit: number): string {
  const rest = request.rawQuery.split('&').filter((pair) => pair !== '' && !/^(page|limit)(=|$)/.test(pair))
  return `${request.base}${request.path}?${[`page=${page}`, `limit=${limit}`, ...rest].join('&')}`
}
