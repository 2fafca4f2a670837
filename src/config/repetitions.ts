/** Lists whose entries must differ in a key: who owns a number, a user or an extension must be clear. */
const mustDiffer = [
  { list: ['staff', 'people'], key: 'extension' },
  { list: ['staff', 'people'], key: 'user' },
  { list: ['staff', 'people'], key: 'token' },
  { list: ['lines'], key: 'did' },
] as const

/** A sentence for every value given twice, and every mobile of two people. Looks at the raw file, so that it tells its part also when other keys are wrong. */
export function repetitions(raw: unknown): readonly string[] {
  const doubles = mustDiffer.flatMap(({ list, key }) => {
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
  return [...doubles, ...sharedMobiles(at(raw, ['staff', 'people']))]
}

/** A call to a mobile is a call to its person: it can have one only. Compared as the house compares numbers, by the last ten digits. */
function sharedMobiles(people: unknown): readonly string[] {
  const owners = new Map<string, { readonly person: number; readonly path: string }>()
  const lists = Array.isArray(people) ? people.map((person) => at(person, ['mobiles'])) : []
  return lists.flatMap((mobiles, person) => {
    if (!Array.isArray(mobiles)) return []
    return mobiles.flatMap((mobile, index) => {
      const key = String(mobile)
        .replaceAll(/[^\dX]/g, '')
        .slice(-10)
      const path = `staff.people.${person}.mobiles.${index}`
      const first = owners.get(key)
      if (!first) owners.set(key, { person, path })
      return first && first.person !== person ? [`${path}: repeats ${first.path}; allowed: a number of one person`] : []
    })
  })
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}
