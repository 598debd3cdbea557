import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileProblem, isStillInUse, startFailure } from "./failure.ts";
import { otherProcess, workspace } from "./testing/support.ts";

const mounts = spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

test(
  "a full disk is told as such",
  { skip: mounts ? false : "this user cannot mount a small disk" },
  async (t) => {
    const place = await workspace(t);
    const script = 'mkdir -p "$DISK" && mount -t tmpfs -o size=20m none "$DISK" && exec "$0" "$@"';
    const prefix = ["unshare", "--mount", "/bin/sh", "-c", script];
    const other = otherProcess(t, { directory: place.directory, prefix, env: { DISK: place.directory } });
    const { problem } = await other.next();
    assert.equal(problem?.code, "embedded-postgres-disk-full", problem?.why);
    assert.match(problem?.why ?? "", /No space left on device/u);
    assert.match(problem?.next ?? "", /Free some space/u);
  },
);

/** Each as PostgreSQL 18 writes it. */
const logs: readonly (readonly [code: string, log: string])[] = [
  [
    "embedded-postgres-disk-full",
    'FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device',
  ],
  ["embedded-postgres-permission", 'FATAL:  could not open file "global/pg_control": Permission denied'],
  ["embedded-postgres-owner", 'FATAL:  data directory "/d" has wrong ownership'],
  ["embedded-postgres-owner", 'FATAL:  data directory "/d" has invalid permissions'],
  [
    "embedded-postgres-address-in-use",
    'LOG:  could not bind Unix address "/s/.s.PGSQL.5432": Address already in use\nFATAL:  could not create any Unix-domain sockets',
  ],
  ["embedded-postgres-memory", "FATAL:  could not map anonymous shared memory: Cannot allocate memory"],
  ["embedded-postgres-damaged", "PANIC:  could not locate a valid checkpoint record at 0/174B630"],
  ["embedded-postgres-start", "FATAL:  something that nobody foresaw"],
];

test("causes are told apart by what the log says, and its last lines are shown", () => {
  for (const [code, line] of logs) {
    const log = `${"LOG:  earlier\n".repeat(40)}${line}\n\n`;
    const [problem] = startFailure({
      what: "It failed.",
      where: "/d",
      log,
      logFile: "/w/server.log",
    }).problems;
    assert.equal(problem?.code, code, line);
    assert.equal(problem?.where, "/w/server.log");
    assert.ok(problem?.why?.includes(line.split("\n")[0] ?? "?"));
    assert.ok((problem?.why?.split("\n").length ?? 99) <= 13);
    assert.ok(problem?.next !== undefined);
  }
});

test("only what passes by itself is tried again", () => {
  assert.ok(isStillInUse('FATAL:  lock file "postmaster.pid" already exists'));
  assert.ok(isStillInUse("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use"));
  assert.ok(!isStillInUse("FATAL:  could not create lock file: Permission denied"));
});

test("a refusal of the operating system becomes a problem, anything else stays what it is", () => {
  const refused = Object.assign(new Error("EACCES: permission denied, mkdir '/w'"), {
    code: "EACCES",
    syscall: "mkdir",
    path: "/w",
  });
  assert.match(
    String(fileProblem(refused, "/d")),
    /where {2}\/w\n.*Permission was denied[\s\S]*Run as the user/u,
  );
  const other = new TypeError("a mistake of ours");
  assert.equal(fileProblem(other, "/d"), other);
});
