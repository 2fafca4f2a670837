/** Lists whose entries must differ in a key: who owns a number, a user or an extension must be clear. */
const mustDiffer = [
  { list: ['staff', 'people'], key: 'extension' },
  { list: ['staff', 'people'], key: 'user' },
  { list: ['staff', 'people'], key: 'token' },
  { list: ['lines'], key: 'did' },
] as const

/** A sentence for every value given twice. Looks at the raw file, so that it tells its part also when other keys are wrong. */
export function repetitions(raw: unknown): readonly string[] {
  return mustDiffer.flatMap(({ list, key }) => {
    const entries = at(raw, list)
    if (!Array.isArray(entries)) return []
    const values = entries.map((entry) => at(entry, [key]))
    return values.flatMap((value, index) => {
      const first = values.indexOf(value)
      if (value === undefined || first === index) return []
      return [
        `${[...list, index, key].join('.')}: repeats ${[...list, first, key].join('.')}; allowed: a value of its own`,
      ]
    })
  })
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}
