import type { Migration } from '../migrate.ts'

/** Changes nothing: the number is taken by a part that is built at the same time as those after it, which puts its own file here. */
export const reserved: Migration = { number: 7, sql: '' }
