/** What the sandbox says back; `body` absent means no body at all (204, 202). */
export interface Answer {
  readonly status: number
  readonly type?: string
  readonly body?: string
  /** Where a redirect leads. */
  readonly location?: string
  /** Entities on a page of a list: what a slow answer is slow by. */
  readonly items?: number
}

/** Thrown by resources to end a request with an error answer; nothing may have been stored before it is thrown. */
export class Refused extends Error {
  override name = 'Refused'
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.answer = answer
  }
}

export function hal(body: unknown, status = 200): Answer {
  return { status, type: 'application/hal+json', body: JSON.stringify(body) }
}

export const noContent: Answer = { status: 204 }

/** API-level error; `extra` comes first, as amoCRM puts `validation-errors` and `hint` before the title. */
export function problem(status: number, detail: string, extra: Readonly<Record<string, unknown>> = {}): Answer {
  const title = titles[status] ?? 'Error'
  const body = { ...extra, title, type: `https://httpstatus.es/${status}`, status, detail }
  return { status, type: 'application/problem+json', body: JSON.stringify(body) }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  422: 'Unprocessable Entity',
  500: 'Internal Server Error',
}

export function badRequest(detail: string): Refused {
  return new Refused(problem(400, detail))
}

export const unauthorized = problem(401, 'Неверный логин или пароль')
export const unpaid = problem(402, 'Account is not paid')
export const notFound = problem(404, 'Not Found')
export const serverError = problem(500, 'An unknown error occurred.')

/** The limiter and the gateway answer in HTML, not in problem+json (reference amocrm.md 2.1, 2.3). */
function front(status: number, words: string): Answer {
  const body = `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n<center><h1>${status} ${words}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return { status, type: 'text/html', body }
}

export const badGateway = front(502, 'Bad Gateway')
export const throttled = front(429, 'Too Many Requests')
export const blocked = front(403, 'Forbidden')
export const gatewayTimeout = front(504, 'Gateway Time-out')
