/** What `mysql --batch` prints: the names of the columns, then a row a line, parted by tabs. */
export function isTable(text: string): boolean {
  const [names = ''] = text.split('\n', 1)
  return /(^|\t)eventtype(\t|\r?$)/i.test(names) && names.includes('\t')
}

/** The rows as objects. `NULL` is null; a line of another length is given what it has. */
export function readTable(text: string): readonly Readonly<Record<string, unknown>>[] {
  const [names = '', ...lines] = text.split('\n').map((line) => line.replace(/\r$/, ''))
  const columns = names.split('\t')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split('\t')
      return Object.fromEntries(columns.flatMap((name, index) => cellOf(name, cells[index])))
    })
}

function cellOf(name: string, cell: string | undefined): readonly (readonly [string, unknown])[] {
  return cell === undefined ? [] : [[name, cell === 'NULL' ? null : unescaped(cell)]]
}

/** Tabs, line breaks, zeros and backslashes are written with a backslash. */
function unescaped(cell: string): string {
  return cell.replace(/\\([tn0\\])/g, (_, letter: string) => ({ t: '\t', n: '\n', 0: '\0' })[letter] ?? '\\')
}
