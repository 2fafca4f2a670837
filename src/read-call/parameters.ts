import type { Parameters } from './parse-request.ts'
import { WrongRequest } from './wrong-request.ts'

/**
 * All parameters of a request, from its address and its body together. A body that begins like JSON is JSON, whatever its type says: `curl -d`
 * calls everything a form.
 * @param search what follows `?`
 * @throws WrongRequest
 */
export function parametersOf(search: string, body: string): Parameters {
  const all = new Map<string, string[]>()
  const add = (name: string, value: string) => {
    // `id[]` and `id[0]`: how PHP writes lists.
    const plain = name.replace(/\[\d*\]$/, '')
    const values = all.get(plain) ?? []
    values.push(value)
    all.set(plain, values)
  }
  for (const [name, value] of new URLSearchParams(search)) add(name, value)
  const text = body.trim()
  if (!text.startsWith('{')) {
    if (text.startsWith('[')) throw new WrongRequest('Send an object, for example {"id": ["1795164754.2"]}.')
    for (const [name, value] of new URLSearchParams(text)) add(name, value)
    return all
  }
  for (const [name, value] of Object.entries(objectOf(text)))
    for (const each of Array.isArray(value) ? value : [value]) add(name, textOf(name, each))
  return all
}

function objectOf(text: string): object {
  try {
    return JSON.parse(text)
  } catch {
    throw new WrongRequest('The body is no JSON; for example {"id": ["1795164754.2"]}.')
  }
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? '1' : '0'
  // An id as a number has lost its last digits: 1795164754.10 is not 1795164754.1.
  if (typeof value === 'number' && name !== 'id') return String(value)
  if (name === 'id') throw new WrongRequest('Ids are texts, for example {"id": ["1795164754.2"]}.')
  throw new WrongRequest(`"${name.slice(0, 60)}" is neither a text nor a number.`)
}
