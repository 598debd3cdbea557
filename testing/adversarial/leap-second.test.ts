/**
 * The last second of 2016 was 23:59:60, and clocks of computers counted the one before it twice (line 20 of the adversarial
 * list). Whoever reads such a time here reads the first second of 2017; what is no second of any clock is refused.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { formatInstant, parseInstant, type TimeZone } from "@countersign/kernel";
import { openTimeStamp } from "@countersign/ledger";
import { compileRule, environmentOf } from "@countersign/rules";
import { typedInstant } from "../../apps/cli/src/commands/shared.ts";
import { DateFormat, readInstant } from "../../packages/connectors/src/csv/local-time.ts";
import { exampleChange, exampleKind } from "../../packages/rules/src/example.test.ts";
import {
  asAdministrator,
  checkedWith,
  startServer,
  testRecord,
  testSigner,
  type TestServer,
} from "../../packages/store/src/testing/server.ts";
import { whyOpensslRefuses } from "../anchors/authority.ts";
import { Certificates } from "../anchors/certificates.ts";
import { forge } from "../anchors/forge.ts";
import { needsTool } from "../outside-tools.ts";

const NEXT = "2017-01-01T00:00:00Z";
const LEAP = Date.parse(NEXT);

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test("a leap second is the next one wherever a time is read: typed, in a file with and without its zone", () => {
  const readers: readonly ((text: string, zoneless: string) => string | undefined)[] = [
    (text) => value(parseInstant(text), formatInstant),
    (text) => typedInstant(text, "UTC", "--performed-at"),
    (text) => value(readInstant(text, undefined, DateFormat.iso), String),
    (_, zoneless) => value(readInstant(zoneless, "Europe/Berlin" as TimeZone, DateFormat.iso), String),
  ];
  for (const read of readers) {
    assert.equal(read("2016-12-31T23:59:60Z", "2017-01-01 00:59:60"), NEXT);
    assert.equal(read("2016-12-31T18:59:60-05:00", "2017-01-01 00:59:60"), NEXT);
    assert.equal(read("2016-12-31T23:59:60.250Z", "2017-01-01 00:59:60.250"), "2017-01-01T00:00:00.250Z");
    // The control: the second before it is another one, and one after it is none.
    assert.equal(read("2016-12-31T23:59:59Z", "2017-01-01 00:59:59"), "2016-12-31T23:59:59Z");
    assert.equal(
      attempt(() => read("2016-12-31T23:59:61Z", "2017-01-01 00:59:61")),
      undefined,
    );
  }
});

test("a rule that is given a leap second as it stands says that it cannot read it, and neither yes nor no", () => {
  const rule = compileRule('change.mergedAt < timestamp("2026-01-01T00:00:00Z")', environmentOf(exampleKind));
  assert.ok(rule.ok);
  const verdictOf = (mergedAt: string) => rule.value.evaluateItem({ ...exampleChange, mergedAt });
  assert.equal(verdictOf("2016-12-31T23:59:59Z").kind, "true");
  assert.equal(verdictOf(NEXT).kind, "true");
  assert.equal(verdictOf("2016-12-31T23:59:60Z").kind, "error");
});

test("a time stamp that was given in a leap second is one of the next second, and one of no second is refused", (t) => {
  if (!needsTool(t, "openssl")) return;
  const folder = mkdtempSync(join(tmpdir(), "countersign-leap-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  const certificates = new Certificates(folder);
  const validity = ["20100101000000Z", "20491231000000Z"] as const;
  const signer = certificates.issue("Leap Authority", "stamping", { validity });
  const message = Buffer.from("a checkpoint\n");
  const stamped = (at: string) => {
    const response = forge({ signer, message, at });
    // It checks no more of the time than that it is signed: what it takes is no measure, what it refuses would be.
    assert.equal(whyOpensslRefuses(certificates, response, message), undefined, at);
    return openTimeStamp(response, { message });
  };
  for (const [at, instant] of [
    ["20161231235959Z", "2016-12-31T23:59:59Z"],
    ["20161231235960Z", NEXT],
    ["20161231235960.25Z", "2017-01-01T00:00:00.250Z"],
    ["20170101000000Z", NEXT],
  ] as const) {
    const opened = stamped(at);
    assert.ok(opened.ok, `${at}: ${JSON.stringify(opened)}`);
    assert.equal(formatInstant(opened.value.at), instant);
  }
  const none = stamped("20161231235961Z");
  assert.ok(!none.ok && /not in any calendar/.test(JSON.stringify(none)), JSON.stringify(none));
});

test("a machine that counts the second before a leap second twice moves no entry, and its step back is marked", async () => {
  const { store, config } = await server.store();
  const signer = testSigner(server.directory, "leap");
  await store.createLog("leap", signer.origin, 0);
  const ids: string[] = [];
  // As the system's clock goes: 23:59:59.4, 23:59:59.9, and after the leap second was put in 23:59:59.1 once more.
  for (const now of [LEAP - 600, LEAP - 100, LEAP - 900, LEAP, LEAP + 400]) {
    const record = { ...testRecord("leap"), recordedAt: formatInstant(now) };
    ids.push(record.id);
    await store.transaction("leap", (tx) => tx.append(record));
    await store.sequence("leap", signer, now);
  }
  for (const [index, id] of ids.entries())
    assert.deepEqual(await store.receipt("leap", id), { state: "published", index });
  const { rows } = await asAdministrator(config, (client) =>
    client.query<{ back: boolean }>(
      "SELECT clock_went_back AS back FROM countersign.checkpoint ORDER BY size",
    ),
  );
  assert.deepEqual(
    rows.map(({ back }) => back),
    [false, false, true, false, false],
  );
  assert.deepEqual((await store.check("leap", checkedWith(signer))).faults, []);
});

function value<T>(read: { ok: true; value: T } | { ok: false }, write: (value: T) => string) {
  return read.ok ? write(read.value) : undefined;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
