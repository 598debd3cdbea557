/**
 * To be run where the first process reaps nothing: makes a zombie of a server, as a container does whose first process is an
 * ordinary program, and opens the workspace again.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openEmbeddedPostgres } from "../embedded-postgres.ts";

const { directory } = JSON.parse(process.argv[2] ?? "") as { directory: string };
const starter = spawn(process.execPath, [
  join(import.meta.dirname, "process.ts"),
  JSON.stringify({ directory }),
]);
for await (const text of starter.stdout.setEncoding("utf8")) if (String(text).includes('"opened"')) break;
starter.kill("SIGKILL");
await once(starter, "exit");

const pid = Number(readFileSync(join(directory, "data", "postmaster.pid"), "utf8").split("\n")[0]);
process.kill(pid, "SIGKILL");
await sleep(300);
const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
const server = await openEmbeddedPostgres({ directory, say: () => {} });
await server.release();
process.stdout.write(
  `${JSON.stringify({ rows: [{ state: stat.split(") ")[1]?.[0], version: server.version }] })}\n`,
);
