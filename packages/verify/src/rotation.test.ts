/** Packages of a log whose keys were replaced: what a reader with any of its keys, or an older checkpoint, is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeKeys } from "./testing/company.ts";
import { codes, names } from "./testing/faults.ts";
import { sourceFor, type Files } from "./testing/pack.ts";
import { RotatingCompany } from "./testing/rotations.ts";
import { verifyPackage, type VerifyOptions } from "./verify-package.ts";

const verify = (files: Files, options: VerifyOptions = {}) => verifyPackage(sourceFor(files), options);
const keys = makeKeys();

/** Rotated at record 10, both sign up to size 12, retired by record 12; then two records more. */
function onceRotated() {
  const company = new RotatingCompany(keys);
  const old = company.logPems[0] ?? "";
  const lastMonth = company.checkpoint([old], 6);
  const fresh = company.rotateLog();
  const handover = company.checkpoint([old, fresh]);
  company.grow();
  const overlap = company.checkpoint([old, fresh]);
  company.retireLog(old);
  company.grow(2);
  return { company, old, fresh, lastMonth, handover, overlap };
}

test("a package after a rotation is intact, and says which keys its log has had", () => {
  const { company, handover } = onceRotated();
  const { intact, faults, facts } = verify(company.pack([handover]));
  assert.deepEqual(faults, []);
  assert.equal(intact, true);
  assert.deepEqual(
    facts.logKeys.map(({ record, endedAt, revokedFrom }) => [record, endedAt, revokedFrom]),
    [
      [0, 12, undefined],
      [10, undefined, undefined],
    ],
  );
  assert.deepEqual(facts.logKeys[1]?.fingerprint, facts.logKey?.fingerprint);
  assert.equal(
    facts.recordsOfUnknownType,
    3 + 1,
    "three that it grew by, one of its story: records of keys are known",
  );
});

test("line 11: who has the old key's fingerprint only follows the handover, and is told that it was one", () => {
  const { company, old, handover } = onceRotated();
  const files = company.pack([handover]);
  const [first, second] = verify(files).facts.logKeys;
  for (const logKey of [first?.fingerprint?.short, first?.fingerprint?.full, company.keyOf(old)]) {
    const { faults, facts, shows } = verify(files, { logKey: logKey ?? "" });
    assert.deepEqual(faults, []);
    assert.deepEqual([facts.keyComparedByAnotherWay, facts.keyHandovers], [true, 1]);
    const words = shows.join("\n");
    assert.match(words, /was replaced since \(once\).*the old key signed the handover/);
    assert.ok(words.includes(second?.fingerprint?.short ?? "?"), "and is told the newest");
  }
  const direct = verify(files, { logKey: second?.fingerprint?.short ?? "" });
  assert.deepEqual([direct.facts.keyComparedByAnotherWay, direct.facts.keyHandovers], [true, 0]);
  assert.deepEqual(codes(verify(files, { logKey: "0000 0000 0000 0000" }).faults), "key-differs");
});

test("line 11: a checkpoint of a key since retired can still be compared with, one that it signed later cannot", () => {
  const { company, old, lastMonth, handover, overlap } = onceRotated();
  const files = company.pack([handover]);
  for (const [name, note] of Object.entries({ lastMonth, handover, overlap })) {
    const { faults, facts } = verify(files, { since: [{ name, note }] });
    assert.deepEqual(faults, [], name);
    assert.deepEqual(facts.sinceChecked[0]?.outcome, "extends", name);
  }
  const late = { name: "late", note: company.checkpoint([old], 14) };
  const { faults } = verify(files, { since: [late] });
  assert.equal(codes(faults), "since-unreadable");
  assert.match(faults[0]?.message ?? "", /not signed by the log's key/);
  assert.equal(codes(verify(company.pack([handover], company.checkpoint([old]))).faults), "checkpoint");
});

test("during the overlap both keys must have signed, and either fingerprint will do", () => {
  const company = new RotatingCompany(keys);
  const old = company.logPems[0] ?? "";
  const fresh = company.rotateLog();
  const both = company.checkpoint([old, fresh]);
  const files = company.pack([both], both);
  for (const logKey of [company.keyOf(old), company.keyOf(fresh)])
    assert.deepEqual(verify(files, { logKey }).faults, []);
  for (const one of [old, fresh])
    names(verify(company.pack([both], company.checkpoint([one]))).faults, "checkpoint", "ledger/checkpoint");
});

test("line 11: a rotation record forged by somebody without the old key is found, however they sign", () => {
  const forger = new RotatingCompany(keys);
  const old = forger.logPems[0] ?? "";
  const earlier = forger.checkpoint([old]);
  const theirs = forger.rotateLog();
  forger.grow();
  const own = forger.checkpoint([theirs]);
  const borrowed = `${own}${earlier.trimEnd().split("\n").at(-1)}\n`;
  for (const [handovers, words] of [
    [[], /missing: nothing shows that the old key agreed/],
    [[own], /not signed by the key that hands over/],
    [[borrowed], /does not hold/],
    [[earlier], /does not cover the rotation's/],
    [["no checkpoint\n"], /./],
  ] as const) {
    const { faults } = verify(forger.pack(handovers, own));
    const handover = faults.find(({ code }) => code === "handover");
    assert.equal(handover?.where, "ledger/handover-1");
    assert.match(handover?.message ?? "", words);
  }
  const trusting = verify(forger.pack([own], own), { logKey: forger.keyOf(old) });
  names(trusting.faults, "key-differs", "the log's key");
  forger.retireLog(old);
  const retired = verify(forger.pack([own]), { logKey: forger.keyOf(old) }).faults;
  assert.equal(codes(retired), "handover key-differs", "and retiring the old key does not help");
});

test("a handover of other records, and one that no rotation asks for, are named", () => {
  const { company, old, fresh, handover } = onceRotated();
  const other = new RotatingCompany(keys);
  other.grow(3);
  const stray = other.checkpoint([old, fresh], 12);
  names(verify(company.pack([stray])).faults, "handover", "ledger/handover-1");
  names(verify(company.pack([handover, handover])).faults, "handover", "ledger/handover-2");
});

test("line 11, revoked: what the key signed above the size counts for nothing, and trust in it ends there", () => {
  const company = new RotatingCompany(keys);
  const old = company.logPems[0] ?? "";
  const before = { name: "before", note: company.checkpoint([old], 7) };
  const after = { name: "after", note: company.checkpoint([old], 9) };
  const fresh = company.rotateLog();
  const handover = company.checkpoint([old, fresh]);
  company.revokeLog(old, 8);
  company.grow();
  const files = company.pack([handover]);
  assert.deepEqual(verify(files, { since: [before] }).faults, []);
  const { faults } = verify(files, { since: [after] });
  assert.equal(codes(faults), "since-unreadable");
  assert.match(faults[0]?.message ?? "", /no key of the log counts at size 9/);
  const trusting = verify(files, { logKey: company.keyOf(old) }).faults;
  assert.match(
    trusting[0]?.message ?? "",
    /an earlier one of this log; it was revoked from size 8 on.*another way/,
  );
  assert.deepEqual(verify(files, { logKey: company.keyOf(fresh) }).faults, []);
});

test("revoked from after its handover, the old key still leads to the new one", () => {
  const company = new RotatingCompany(keys);
  const old = company.logPems[0] ?? "";
  const fresh = company.rotateLog();
  const handover = company.checkpoint([old, fresh]);
  company.revokeLog(old, company.size);
  const files = company.pack([handover]);
  assert.equal(verify(files, { logKey: company.keyOf(old) }).facts.keyHandovers, 1);
});

test("a package is signed by an attestation key that counts at its size: not a retired, revoked or unknown one", () => {
  const company = new RotatingCompany(keys);
  const old = company.attestationPem;
  company.rotateAttestation();
  for (const pem of [old, company.attestationPem])
    assert.deepEqual(verify(company.pack([], undefined, undefined, pem)).faults, [], "both, in the overlap");
  const stranger = verify(company.pack([], undefined, undefined, makeKeys().attestationPem)).faults;
  assert.equal(codes(stranger), "attestation-key");
  const first =
    verify(company.pack([], undefined, undefined, old)).facts.attestationKey?.fingerprint.short ?? "";
  company.end("key.retired", old);
  const retired = verify(company.pack([], undefined, undefined, old)).faults;
  assert.match(retired[0]?.message ?? "", /retired by record 11/);
  company.end("key.revoked", old, 4);
  const revoked = verify(company.pack([], undefined, undefined, old)).faults;
  assert.match(revoked[0]?.message ?? "", /revoked from size 4 on/);
  assert.deepEqual(verify(company.pack([])).faults, []);
  assert.equal(codes(verify(company.pack([]), { attestationKey: first }).faults), "key-differs");
});

test("an earlier attestation key is as good beside the log key, whose records say that it was replaced", () => {
  const company = new RotatingCompany(keys);
  const attestationKey = verify(company.pack([])).facts.attestationKey?.fingerprint.full ?? "";
  company.rotateAttestation();
  const files = company.pack([]);
  const alone = verify(files, { attestationKey });
  assert.equal(codes(alone.faults), "key-differs");
  assert.match(alone.faults[0]?.message ?? "", /give the log key/);
  const logKey = company.keyOf(company.logPems[0] ?? "");
  assert.deepEqual(verify(files, { attestationKey, logKey }).faults, []);
});

test("records of keys that the rule does not allow are named by their index, and change nothing", () => {
  const { company, old, handover } = onceRotated();
  company.rotateLog(old);
  company.logPems.pop();
  const { faults } = verify(company.pack([handover]));
  assert.deepEqual(
    faults.map(({ code, where }) => [code, where]),
    [["key-record", "record 15"]],
  );
  assert.match(faults[0]?.message ?? "", /named before/);
});
