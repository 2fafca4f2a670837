/** The parameters of an `Authorization: Digest …` header; undefined when it is none. Values may stand in quotes, with `\` before what is meant as itself. */
export function readDigestHeader(header: string | undefined): ReadonlyMap<string, string> | undefined {
  const text = /^\s*digest\s+(.+)$/is.exec(header ?? '')?.[1]
  if (text === undefined) return undefined
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, bare = ''] of text.matchAll(PARAMETER)) {
    // A name that comes twice is an attempt to be read in two ways.
    if (parameters.has(name.toLowerCase())) return undefined
    parameters.set(name.toLowerCase(), quoted === undefined ? bare : quoted.replace(/\\(.)/gs, '$1'))
  }
  return parameters
}

const PARAMETER = /([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)/gs
