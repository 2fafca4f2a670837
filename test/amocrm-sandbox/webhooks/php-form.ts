/** A tree of form fields: what PHP's `http_build_query` takes. */
export type FormValue = string | number | boolean | null | undefined | readonly FormValue[] | FormTree
export interface FormTree {
  readonly [key: string]: FormValue
}

/** As PHP writes it: brackets for depth, `1` and empty for truth, nothing at all for null; everything is text. */
export function phpForm(tree: FormTree): string {
  return pairs(tree, '')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&')
}

function pairs(value: FormValue, name: string): [string, string][] {
  if (value === null || value === undefined) return []
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) => pairs(inner, name === '' ? key : `${name}[${key}]`))
  if (typeof value === 'boolean') return [[name, value ? '1' : '0']]
  return [[name, String(value)]]
}

/** PHP's urlencode: a space is a plus, and only letters, digits, `-_.` stand as they are. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
