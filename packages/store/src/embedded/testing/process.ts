/** A process of its own that uses the embedded server, for tests: it says what it got, and does what it is told by lines. */
import { createInterface } from "node:readline";
import pg from "pg";
import { ProblemError } from "@countersign/kernel";
import { openEmbeddedPostgres } from "../embedded-postgres.ts";

function tell(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

try {
  const options = JSON.parse(process.argv[2] ?? "") as { directory: string; packageDirectory?: string };
  const server = await openEmbeddedPostgres({ ...options, say: (said) => tell({ said }) });
  const connection = server.connectionString("postgres");
  tell({ opened: { version: server.version, runsAs: server.runsAs, connection } });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "release") {
      await server.release();
      break;
    }
    const client = new pg.Client(connection);
    await client.connect();
    const { rows } = await client.query(line);
    await client.end();
    tell({ rows });
  }
  tell({ ended: true });
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  tell({ problem: error.problems[0] });
}
