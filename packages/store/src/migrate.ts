/** Plain SQL migrations, in order, each once, one process at a time. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientBase } from "pg";
import { digestOf, ProblemError } from "@countersign/kernel";
import { ensureRoles } from "./roles.ts";

/** Any number will do; this one is ours. */
const MIGRATION_LOCK = 7_040_512;

export type Migration = { readonly name: string; readonly sql: string };

export function readMigrations(directory: string): Migration[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(directory, name), "utf8") }));
}

/**
 * Brings the schema to the newest version. A migration that was applied and has changed since is refused.
 * @param client a connection as the database's administrator, outside a transaction.
 */
export async function migrate(
  client: ClientBase,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const applied: string[] = [];
  await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
  try {
    await ensureRoles(client);
    await client.query(
      "CREATE TABLE IF NOT EXISTS public.countersign_migration (name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<{ name: string; digest: string }>(
      "SELECT name, digest FROM public.countersign_migration",
    );
    const known = new Map(rows.map((row) => [row.name, row.digest]));
    for (const name of known.keys())
      if (!migrations.some((migration) => migration.name === name))
        throw new ProblemError({
          code: "database-newer",
          what: `the database was written by a newer version of countersign (it has ${name})`,
          next: "run that version or a later one; nothing was changed",
        });
    for (const { name, sql } of migrations) {
      const digest = digestOf(sql);
      const before = known.get(name);
      if (before === digest) continue;
      if (before !== undefined)
        throw new ProblemError({
          code: "migration-changed",
          what: `the migration ${name} is not the one that this database was made with`,
          next: "install the version of countersign that made it, or report this",
        });
      await client.query("BEGIN");
      try {
        await client.query(sql);
        await client.query("INSERT INTO public.countersign_migration (name, digest) VALUES ($1, $2)", [
          name,
          digest,
        ]);
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      }
      applied.push(name);
    }
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]);
  }
  return applied;
}
