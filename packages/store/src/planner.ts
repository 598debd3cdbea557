/** What PostgreSQL's planner is told. */

/**
 * An expression that makes the rest of a transaction use indexes alone. For statements that read a few rows of tables
 * that grow with the log: rows come and go faster than statistics are taken, and without them the planner would rather
 * read all of it, each time.
 */
export const indexesAlone = ["seqscan", "bitmapscan", "hashjoin", "mergejoin"]
  .map((way) => `set_config('enable_${way}', 'off', true)`)
  .join(", ");
