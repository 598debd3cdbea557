/** The ledger inside a package, and what its records name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, digestOf } from "@countersign/kernel";
import { parseCheckpointUnsafe, signCheckpoint } from "@countersign/ledger";
import type { FaultCode } from "./faults.ts";
import { makeKeys, tellStory } from "./testing/company.ts";
import { codes, faultsOf, names, resealed } from "./testing/faults.ts";
import { packed, sourceFor } from "./testing/pack.ts";
import { verifyPackage } from "./verify-package.ts";

const story = tellStory();
const { company, population } = story;

test("a record that is back-dated or deleted without the log's key breaks the checkpoint, when the manifest fits", () => {
  const edit = (change: (records: string) => string) =>
    faultsOf(
      resealed(story, (files) => {
        const parts = [...files.keys()].filter((path) => path.startsWith("ledger/records-"));
        const records = parts.map((path) => files.get(path)?.toString()).join("");
        for (const path of parts) files.delete(path);
        assert.notEqual(change(records), records);
        files.set("ledger/records-00000.ndjson", Buffer.from(change(records)));
      }),
    );
  const backDated = edit((records) => records.replace("2026-04-02T09:00:00Z", "2026-04-01T09:00:00Z"));
  assert.equal(codes(backDated), "checkpoint-root");
  assert.match(backDated[0]?.message ?? "", /the records have the root/);
  const deleted = edit((records) => records.replace(/^.*"population.frozen".*\n/m, ""));
  names(deleted, "checkpoint-root", "ledger/records");
  assert.match(deleted.map((fault) => fault.message).join(), /9 records are here, the checkpoint has 10/);
  const added = edit((records) => records + records.split("\n").at(-2) + "\n");
  names(added, "checkpoint-root", "ledger/records");
});

test("records that are malformed, repeated or another company's are named by their index", () => {
  const bent = (change: (records: string[]) => void, expected: FaultCode, index: number) => {
    const rewritten = tellStory("acme", company.keys);
    change(rewritten.company.records);
    const faults = verifyPackage(sourceFor(packed(rewritten))).faults;
    names(faults, expected, new RegExp(`^record ${index}\\b`));
  };
  const edit = (records: string[], index: number, from: string, to: string) => {
    const record = records[index] ?? "";
    assert.ok(record.includes(from), from);
    records[index] = record.replace(from, to);
  };
  bent((records) => edit(records, 2, '"id":"rec_acme_2"', '"id":"rec_acme_1"'), "record-twice", 2);
  bent(
    (records) => edit(records, 2, '"organization":"acme"', '"organization":"other"'),
    "record-organization",
    2,
  );
  bent((records) => edit(records, 2, '"version":1', '"version":1.5'), "record", 2);
  bent((records) => edit(records, 2, '{"actor"', '{ "actor"'), "record", 2);
  bent((records) => edit(records, 2, '"provenance":"source"', '"provenance":"rumour"'), "record", 2);
  bent((records) => edit(records, 2, '"subject":', '"subjekt":'), "record", 2);
  bent((records) => edit(records, 2, '"type":"directory.extended"', '"type":"log.created"'), "record", 2);
  bent((records) => edit(records, 0, '"type":"log.created"', '"type":"log.begun"'), "record", 0);
  bent((records) => records.push(canonicalJson({ pad: "x".repeat(70_000) })), "record", 10);
});

test("a run that names another root than its population's, and a population that it used and nobody shows, are named", () => {
  const rewritten = tellStory("acme", company.keys);
  const { records } = rewritten.company;
  const last = records.length - 1;
  const { root } = population.body.items;
  records[last] = (records[last] ?? "").replace(`"root":"${root}"`, `"root":"${"0".repeat(64)}"`);
  names(verifyPackage(sourceFor(packed(rewritten))).faults, "run", `record ${last}`);
  const hidden = faultsOf(
    resealed(story, (files) => {
      const index = JSON.parse(files.get("data/package.json")?.toString() ?? "") as {
        populations: unknown[];
      };
      index.populations = [];
      files.set("data/package.json", Buffer.from(canonicalJson(index)));
    }),
  );
  assert.deepEqual(
    hidden.map(({ code, where }) => [code, where]),
    [["package-index", "data/package.json populations"]],
  );
});

test("a log key that the first record does not name is refused, even with a checkpoint that it signed", () => {
  const thief = tellStory("acme", { ...makeKeys(), attestationPem: company.keys.attestationPem }).company;
  const checkpoint = parseCheckpointUnsafe(company.checkpoint());
  assert.ok(checkpoint.ok);
  const faults = faultsOf(
    resealed(story, (files) => {
      files.set("ledger/log.vkey", Buffer.from(`${thief.logKey}\n`));
      files.set("ledger/checkpoint", Buffer.from(signCheckpoint(checkpoint.value, thief.keys.logPem)));
    }),
  );
  assert.deepEqual(
    faults.map(({ code, where }) => [code, where]),
    [
      ["log-key", "ledger/log.vkey"],
      ["checkpoint", "ledger/checkpoint"],
    ],
  );
});

test("a blob that no record names, and one whose size two places give differently, are named", () => {
  const stray = faultsOf(
    resealed(story, (files) => {
      const bytes = Buffer.from("nobody speaks of this");
      files.set("data/blobs/stray", bytes);
      const index = JSON.parse(files.get("data/blobs.json")?.toString() ?? "") as {
        blobs: { digest: string }[];
      };
      const entry = { digest: digestOf(bytes), parts: ["data/blobs/stray"], size: bytes.length };
      const blobs = [...index.blobs, entry].toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
      files.set("data/blobs.json", Buffer.from(canonicalJson({ blobs })));
    }),
  );
  assert.equal(codes(stray), "blob-unknown");
  const claimed = tellStory("acme", company.keys);
  const [raw] = claimed.population.body.raw;
  claimed.company.add("thing.else", { file: { ...raw, size: 7 } }, raw === undefined ? [] : [raw.digest]);
  const faults = verifyPackage(sourceFor(packed(claimed))).faults;
  assert.equal(codes(faults), "blob-digest");
  assert.match(faults[0]?.message ?? "", /record 10 says 7 bytes/);
});
