import { type Figure, type Findings, isMet, ratioOf } from './measurement.ts'

/** The figures of one measurement as Markdown, with what the targets say about them. */
export function renderFindings({ figures, notes }: Findings, measuredAt: Date): string {
  const day = measuredAt.toISOString().slice(0, 16).replace('T', ' ')
  return [
    `Measured ${day} UTC.`,
    '',
    '| | Callweave | baseline | ratio | target | |',
    '|---|---:|---:|---:|---:|---|',
    ...figures.map(row),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `* ${note}`)] : []),
  ].join('\n')
}

/** One figure as a line of progress. */
export function figureLine(figure: Figure): string {
  const baseline = figure.baseline && `${figure.baseline.what}: ${shown(figure.baseline.value, figure.unit)}`
  const ratio = figure.baseline && `ratio ${shown(ratioOf(figure) ?? Number.NaN, '')}`
  const target = figure.target && `target ${targetText(figure)}: ${verdict(figure)}`
  return [`${figure.what}: ${shown(figure.ours, figure.unit)}`, baseline, ratio, target].filter(Boolean).join(', ')
}

/**
 * Puts `content` between the marks of `name`; a name without marks gets them at the end.
 * Everything else in the document stays as people wrote it.
 */
export function withSection(document: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const section = `${open}\n${content}\n${close}`
  const start = document.indexOf(open)
  const end = document.indexOf(close, start)
  if (start < 0 || end < 0) return `${document.trimEnd()}\n\n${section}\n`
  return document.slice(0, start) + section + document.slice(end + close.length)
}

function row(figure: Figure): string {
  const { baseline, target } = figure
  const ratio = ratioOf(figure)
  const cells = [
    figure.what,
    shown(figure.ours, figure.unit),
    baseline ? `${shown(baseline.value, figure.unit)} (${baseline.what})` : '',
    ratio === undefined ? '' : `${shown(ratio, '')} ×`,
    target ? targetText(figure) : '',
    verdict(figure),
  ]
  return `| ${cells.join(' | ')} |`
}

function targetText({ target, unit }: Figure): string {
  if (!target) return ''
  const sign = target.most === undefined ? '≥ ' : target.most === target.least ? '' : '≤ '
  const bound = target.most ?? target.least ?? Number.NaN
  return target.of === 'ratio' ? `${sign}${shown(bound, '')} ×` : `${sign}${shown(bound, unit)}`
}

function verdict(figure: Figure): string {
  const met = isMet(figure)
  if (met === undefined) return ''
  return met ? 'met' : '**not met**'
}

function shown(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const text = Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: 2 }).replaceAll(',', ' ')
  return unit === '' ? text : unit.startsWith('/') ? `${text}${unit}` : `${text} ${unit}`
}
