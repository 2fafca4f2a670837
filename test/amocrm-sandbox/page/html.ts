/** Text that is already HTML; everything else is escaped when it is put into a template. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Template tag: strings and numbers are escaped, `Html` and arrays of it are taken as they are. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number)[]
): Html {
  const text = parts.reduce((all, part, index) => all + part + render(values[index] ?? ''), '')
  return new Html(text)
}

function render(value: Html | readonly Html[] | string | number): string {
  if (value instanceof Html) return value.text
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value))
  return value.map(({ text }) => text).join('')
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
