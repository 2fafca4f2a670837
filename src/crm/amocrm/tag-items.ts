/** Tags to add; those that are there stay: a whole `tags` would replace them (reference amocrm.md 3.4). */
export function tagItems(tags: readonly string[] | undefined): { readonly tags_to_add?: readonly object[] } {
  const names = [...new Set(tags ?? [])].filter((name) => name.trim() !== '')
  return names.length > 0 ? { tags_to_add: names.map((name) => ({ name })) } : {}
}
