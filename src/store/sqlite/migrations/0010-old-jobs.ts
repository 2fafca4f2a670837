import type { Migration } from '../migrate.ts'

/** Done jobs by age, so that old ones are found without walking the others. `jobs_after` knows open jobs only, which are the ones that keep their base. */
export const oldJobs: Migration = {
  number: 10,
  sql: "CREATE INDEX jobs_done ON jobs (added_at) WHERE state = 'done';",
}
