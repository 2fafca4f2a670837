/**
 * One `#include` line in a configuration file of Asterisk that belongs to somebody else. Text in, text out, byte for byte
 * (callers read and write latin1), so that taking the line out again gives exactly the file that was there.
 */

/** By this an include line is known as ours; one that an administrator wrote is never touched. */
const OURS = ' ; added by callweave'
/** First line of a file that did not exist before us: such a file goes again when nothing else is in it. */
const CREATED = '; created by callweave, goes with its last line'

/** With our line at the end, unless any line includes `target` already. `undefined` is a file that does not exist. */
export function withInclude(text: string | undefined, target: string): string {
  if (text === undefined) return `${CREATED}\n#include ${target}${OURS}\n`
  if (includes(text, target)) return text
  const eol = /\r\n/.test(text) ? '\r\n' : '\n'
  // A file that ends without a line end keeps ending without one: that is how it is known when the line is taken out.
  if (text !== '' && !text.endsWith('\n')) return `${text}${eol}#include ${target}${OURS}`
  return `${text}#include ${target}${OURS}${eol}`
}

/** Without our line; `undefined` when we had created the file and nothing else is in it. */
export function withoutInclude(text: string, target: string): string | undefined {
  const line = `#include ${target}${OURS}`
  const at = lineStart(text, line)
  if (at === -1) return text
  const after = text.slice(at + line.length)
  const end = /^\r?\n/.exec(after)?.[0] ?? ''
  const before = text.slice(0, at)
  const rest = end === '' ? before.replace(/\r?\n$/, '') : before + after.slice(end.length)
  return rest === `${CREATED}\n` ? undefined : rest
}

/** Whether a line that Asterisk would obey includes `target`; `#tryinclude` counts. */
export function includes(text: string, target: string): boolean {
  return includeLines(text, target).length > 0
}

/** An include of `target` that is not ours, as written; undefined when there is none. */
export function foreignInclude(text: string, target: string): string | undefined {
  return includeLines(text, target).find((line) => !line.endsWith(OURS))
}

function includeLines(text: string, target: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => {
    const named = /^\s*#(?:try)?include\s+["<]?([^">\s;]+)/.exec(line)?.[1]
    return named !== undefined && named.split('/').at(-1) === target
  })
}

function lineStart(text: string, line: string): number {
  for (let at = text.indexOf(line); at !== -1; at = text.indexOf(line, at + 1)) {
    const starts = at === 0 || text[at - 1] === '\n'
    const ends = /^(?:\r?\n|$)/.test(text.slice(at + line.length))
    if (starts && ends) return at
  }
  return -1
}
