import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addSignatures,
  cosignatureLine,
  formatTlogProof,
  inclusionProof,
  leafHash,
  MemoryTree,
  parseVerifierKey,
  type TlogProof,
} from "@countersign/ledger";
import { fingerprintOf } from "@countersign/package-format";
import { makeKeys, makeWitness, tellStory } from "./testing/company.ts";
import { verifyRecord } from "./verify-record.ts";

const keys = makeKeys();
const { company } = tellStory("acme", keys);
const other = tellStory("other").company;
const tree = new MemoryTree();
for (const record of company.records) tree.append(leafHash(Buffer.from(record)));
const record = (index: number): Buffer => Buffer.from(company.records[index] ?? "");

function proofOf(index: number, change: Partial<TlogProof> = {}): string {
  const path = inclusionProof(index, tree.size, tree.read);
  const extra = Buffer.from(`${company.logKey}\n`);
  return formatTlogProof({ index, path, checkpoint: company.checkpoint(), extra, ...change });
}

const bare = (index: number): string => proofOf(index).replace(/^extra .*\n/m, "");
const codesOf = (...args: Parameters<typeof verifyRecord>): string[] =>
  verifyRecord(...args).faults.map(({ code }) => code);
const short = (vkey: string): string => {
  const key = parseVerifierKey(vkey);
  assert.ok(key.ok);
  return fingerprintOf(key.value.publicKey).short;
};

test("every record's proof holds for its bytes, under its log's key, and for nothing else", () => {
  for (const index of company.records.keys()) {
    const verdict = verifyRecord(proofOf(index), record(index), { logKey: short(company.logKey) });
    assert.deepEqual(verdict.faults, []);
    assert.equal(verdict.proven, true);
    assert.equal(verdict.facts.index, index);
    assert.equal(verdict.facts.checkpoint?.size, tree.size);
    assert.equal(verdict.facts.record?.id, `rec_acme_${index}`);
    assert.match(verdict.shows.join("\n"), /got by another way/);
    const changed = Buffer.concat([record(index), Buffer.from(" ")]);
    assert.deepEqual(codesOf(proofOf(index), changed), ["proof"]);
    const elsewhere = proofOf(index).replace(`index ${index}`, `index ${(index + 1) % tree.size}`);
    assert.deepEqual(codesOf(elsewhere, record(index)), ["proof"]);
    assert.deepEqual(codesOf(proofOf(index), record((index + 1) % tree.size)), ["proof"]);
  }
});

test("what came along is used and said to be nobody's word; another key is a fault", () => {
  const alone = verifyRecord(proofOf(3), record(3));
  assert.equal(alone.proven, true);
  assert.match(alone.doesNotShow.join("\n"), new RegExp(`the key came with it.*${short(company.logKey)}`));
  assert.deepEqual(codesOf(bare(3), record(3)), ["log-key"]);
  assert.deepEqual(codesOf(bare(3), record(3), { logKey: company.logKey }), []);
  assert.deepEqual(codesOf(bare(3), record(3), { logKey: short(company.logKey) }), ["key-differs"]);
  assert.deepEqual(codesOf(proofOf(3), record(3), { logKey: short(other.logKey) }), ["key-differs"]);
  assert.deepEqual(codesOf(proofOf(3), record(3), { logKey: other.logKey }), ["checkpoint"]);
  assert.deepEqual(codesOf(proofOf(3), record(3), { logKey: "nothing" }), ["key-differs"]);
  // A thief's key and checkpoint are whole by themselves: only the fingerprint tells.
  const thief = tellStory("acme").company;
  const extra = Buffer.from(`${thief.logKey}\n`);
  const theirs = proofOf(3, { checkpoint: thief.checkpoint(), extra });
  assert.ok(!codesOf(theirs, record(3), { logKey: short(company.logKey) }).every((code) => code === "proof"));
});

test("what is no proof, and a checkpoint with a changed byte, are refused with the reason", () => {
  for (const text of ["", "c2sp.org/tlog-proof@v1\n", proofOf(3).replace("index", "inde")])
    assert.ok(codesOf(text, record(3)).includes("proof"), text);
  const text = proofOf(3);
  const at = text.indexOf("\n\n") + 2;
  for (let i = at; i < text.length; i += 7) {
    const bent = `${text.slice(0, i)}${text[i] === "A" ? "B" : "A"}${text.slice(i + 1)}`;
    assert.notDeepEqual(codesOf(bent, record(3), { logKey: company.logKey }), [], `byte ${i}`);
  }
  const ending = verifyRecord(proofOf(3), Buffer.concat([record(3), Buffer.from("\n")]));
  assert.match(ending.faults[0]?.message ?? "", /ends in a line feed/);
});

test("a checkpoint that the reader kept is compared where it has the same size, and not passed over where it has another", () => {
  const same = verifyRecord(proofOf(3), record(3), { since: [{ name: "kept", note: company.checkpoint() }] });
  assert.deepEqual(same.faults, []);
  assert.match(same.shows.join("\n"), /is one that you kept/);
  const older = { since: [{ name: "kept", note: company.checkpoint(4) }] };
  assert.deepEqual(codesOf(proofOf(3), record(3), older), ["since-unreadable"]);
  const { company: twin } = tellStory("acme", keys);
  twin.records[5] = twin.records[4] ?? "";
  const forked = { since: [{ name: "kept", note: twin.checkpoint() }] };
  assert.deepEqual(codesOf(proofOf(3), record(3), forked), ["fork", "split-view"]);
  const foreign = { since: [{ name: "kept", note: other.checkpoint() }] };
  assert.deepEqual(codesOf(proofOf(3), record(3), foreign), ["since-unreadable"]);
});

test("a policy says whose signatures are enough, for the log and for witnesses", () => {
  const witness = makeWitness("w.example");
  const note = company.checkpoint();
  const body = note.slice(0, note.indexOf("\n\n") + 1);
  const checkpoint = addSignatures(note, [cosignatureLine(body, witness.name, witness.pem, 1_777_636_800n)]);
  const quorum = {
    policy: { name: "p", text: `log ${company.logKey}\nwitness w ${witness.vkey}\nquorum w\n` },
  };
  const met = verifyRecord(proofOf(3, { checkpoint }), record(3), quorum);
  assert.deepEqual(met.faults, []);
  assert.match(met.shows.join("\n"), /as your policy asks[^]*2026-05-01T12:00:00Z/);
  assert.equal(met.facts.logKey?.fingerprint.short, short(company.logKey));
  assert.deepEqual(codesOf(proofOf(3), record(3), quorum), ["policy"]);
  const stranger = { policy: { name: "p", text: `log ${other.logKey}\nquorum none\n` } };
  assert.deepEqual(codesOf(proofOf(3), record(3), stranger), ["policy"]);
  assert.deepEqual(codesOf(proofOf(3), record(3), { policy: { name: "p", text: "x" } }), [
    "trust-unreadable",
  ]);
});

test("bytes that are no record of the format are proven, and said to mean nothing here", () => {
  const alone = new MemoryTree();
  alone.append(leafHash(Buffer.from("entry")));
  const { company: made } = tellStory("acme", keys);
  made.records = ["entry"];
  const text = formatTlogProof({ index: 0, path: [], checkpoint: made.checkpoint() });
  const verdict = verifyRecord(text, Buffer.from("entry"), { logKey: made.logKey });
  assert.equal(verdict.proven, true);
  assert.match(verdict.doesNotShow.join("\n"), /no record that this version reads/);
});
