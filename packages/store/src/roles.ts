/** The two roles of the database, and the check that the application's cannot pass row-level security. */
import type { ClientBase } from "pg";
import { ProblemError } from "@countersign/kernel";

export const OWNER = "countersign_owner";
export const APPLICATION = "countersign_app";

/** Creates the roles where they do not exist. Needs a connection that may create roles. */
export async function ensureRoles(client: ClientBase): Promise<void> {
  for (const role of [OWNER, APPLICATION]) {
    const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
    if (rowCount === 0) {
      try {
        await client.query(`CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`);
      } catch (error) {
        const { rowCount: now } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
        // Another process may have created it in between.
        if (now === 0)
          throw new ProblemError(
            {
              code: "database-role",
              what: `the database has no role ${role}, and this connection may not create it`,
              why: error instanceof Error ? error.message : String(error),
              next: `let an administrator run: CREATE ROLE ${OWNER} NOLOGIN; CREATE ROLE ${APPLICATION} NOLOGIN; GRANT ${OWNER}, ${APPLICATION} TO CURRENT_USER;`,
            },
            { cause: error },
          );
      }
    }
    await client.query(`GRANT ${role} TO CURRENT_USER`).catch(() => {
      // Already granted by an administrator, and this connection may not grant: SET ROLE below decides.
    });
  }
}

/** Row-level security is an empty lock for a superuser or an owner: refuse to work as one. */
export async function becomeApplication(client: ClientBase): Promise<void> {
  await client.query(`SET ROLE ${APPLICATION}`);
  const { rows } = await client.query<{ unsafe: boolean; owned: string }>(
    `SELECT r.rolsuper OR r.rolbypassrls AS unsafe,
            (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid) AS owned
       FROM pg_roles r WHERE r.rolname = current_user`,
  );
  if (rows[0] === undefined || rows[0].unsafe || rows[0].owned !== "0")
    throw new ProblemError({
      code: "database-role",
      what: `the role ${APPLICATION} could pass row-level security: it is a superuser, may bypass it, or owns tables`,
      next: `ALTER ROLE ${APPLICATION} NOSUPERUSER NOBYPASSRLS; and hand what it owns to ${OWNER}`,
    });
}
