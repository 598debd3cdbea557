/** A server that forgets what it acknowledged is refused: a receipt would promise what nobody keeps. */
import type { ClientBase } from "pg";
import { ProblemError, type Problem } from "@countersign/kernel";

/** Each setting, as it must be, and what is lost otherwise. */
const wanted = {
  fsync: { value: "on", why: "after a power cut, records that were acknowledged would be gone" },
  full_page_writes: {
    value: "on",
    why: "after a power cut, pages that were half written could not be mended",
  },
  data_sync_retry: {
    value: "off",
    why: "a failed fsync would be tried again, and succeed although what it was about is lost",
  },
} as const;

/** @throws ProblemError `server-forgets` with one problem for each setting that is wrong. */
export async function refuseForgetfulServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string; sourcefile: string | null }>(
    "SELECT name, setting, sourcefile FROM pg_settings WHERE name = ANY ($1::text[]) ORDER BY name",
    [Object.keys(wanted)],
  );
  const problems = rows.flatMap(({ name, setting, sourcefile }): Problem[] => {
    // Only the names above were asked for.
    const { value, why } = wanted[name as keyof typeof wanted];
    if (setting === value) return [];
    return [
      {
        code: "server-forgets",
        what: `the database server is set not to keep what it acknowledges: ${name} is ${setting}`,
        where: sourcefile ?? "the server's settings",
        why,
        next: `set ${name} = ${value} and restart the server; nothing was written`,
      },
    ];
  });
  if (problems.length > 0) throw new ProblemError(problems);
}
