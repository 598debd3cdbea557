/** A disk that does not keep what is written (line 13). The real calls fail in testing/durability/sweep.test.ts. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ProblemError } from "@countersign/kernel";
import { openBlobFiles } from "./blob-files.ts";
import { newHalt } from "./halt.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { startServer, migrations, testRecord, testSigner } from "./testing/server.ts";

const syncFailed = (error: unknown): boolean =>
  error instanceof ProblemError && error.problems[0]?.code === "sync-failed";

test("after one failed fsync nothing of the process is written any more: no file, no transaction, no checkpoint (line 13)", async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const config = await server.database();
  const halt = newHalt();
  const store = await openPostgresStore(config, migrations, { halt });
  t.after(() => store.close());
  const signer = testSigner(server.directory, "alpha");
  await store.createLog("alpha", signer.origin, 0);
  const folder = mkdtempSync(join(tmpdir(), "countersign-halt-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const blobs = openBlobFiles(folder, randomUUID, halt);
  const before = testRecord("alpha");
  await store.submit(before);
  const under = store.transaction("alpha", async (tx) => {
    await tx.append(testRecord("alpha"));
    assert.throws(
      () =>
        halt.sync("a file", () => {
          throw Object.assign(new Error("i/o error"), { code: "EIO" });
        }),
      syncFailed,
    );
    // Whoever catches it and goes on, as a reader of many sources does, gets no further.
  });
  await assert.rejects(under, syncFailed);
  assert.throws(() => blobs.put(Buffer.from("more")), syncFailed);
  await assert.rejects(store.submit(testRecord("alpha")), syncFailed);
  await assert.rejects(store.sequence("alpha", signer, 0), syncFailed);
  // The second try of the same call would succeed: it is not made.
  assert.throws(() => halt.sync("a file", () => assert.fail("it was tried again")), syncFailed);
  const next = await openPostgresStore(config, migrations);
  t.after(() => next.close());
  assert.equal((await next.sequence("alpha", signer, 0))?.size, 1, "what was acknowledged before is kept");
});
