/**
 * Puts items into groups of up to `most`, in their order, that can be worked on at once: two that share a linkedid are in different
 * groups, since one must see what became of the other.
 */
export function* together<Item>(
  items: readonly Item[],
  linkedidsOf: (item: Item) => readonly string[],
  most: number,
): Generator<readonly Item[], void, undefined> {
  let group: Item[] = []
  const taken = new Set<string>()
  for (const item of items) {
    const linkedids = linkedidsOf(item)
    if (group.length >= most || linkedids.some((id) => taken.has(id))) {
      yield group
      group = []
      taken.clear()
    }
    group.push(item)
    for (const id of linkedids) taken.add(id)
  }
  if (group.length > 0) yield group
}
