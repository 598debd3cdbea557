import assert from "node:assert/strict";
import { test } from "node:test";
import { makeKeys, tellStory, type Story } from "./testing/company.ts";
import { packed, sourceFor } from "./testing/pack.ts";
import { verifyPackage } from "./verify-package.ts";

const keys = makeKeys();
const story = tellStory("acme", keys);
const lastMonth = { name: "checkpoint of 1 March", note: story.company.checkpoint(6) };

/** With database and keys: one record is gone, and everything after it is signed anew. */
function rewrittenWithout(type: string): Story {
  const rewritten = tellStory("acme", keys);
  const { company } = rewritten;
  const kept = company.records.filter((record) => !record.includes(`"type":"${type}"`));
  assert.equal(kept.length, company.records.length - 1);
  company.records = kept;
  return rewritten;
}

test("an insider who drops a record and re-signs everything goes unseen without an older checkpoint, and it is said so", () => {
  const verdict = verifyPackage(sourceFor(packed(rewrittenWithout("population.frozen"))));
  assert.deepEqual(verdict.faults, []);
  assert.equal(verdict.intact, true);
  assert.match(
    verdict.doesNotShow.join("\n"),
    /cannot be told from the true one without an older checkpoint/,
  );
});

test("a checkpoint that somebody kept names the fork, with both roots", () => {
  const rewritten = rewrittenWithout("population.frozen");
  const verdict = verifyPackage(sourceFor(packed(rewritten)), { since: [lastMonth] });
  assert.equal(verdict.intact, false);
  assert.deepEqual(
    verdict.faults.map(({ code, where }) => [code, where]),
    [["fork", "checkpoint of 1 March"]],
  );
  const root = (note: string) => note.split("\n")[2] ?? "";
  assert.ok(verdict.faults[0]?.message.includes(root(lastMonth.note)));
  assert.ok(verdict.faults[0]?.message.includes(root(rewritten.company.checkpoint(6))));
  assert.deepEqual(verdict.facts.sinceChecked, [{ name: lastMonth.name, size: 6, outcome: "fork" }]);
});

test("two checkpoints of one size that show different logs are printed as proof, whole, for anybody to check", () => {
  const rewritten = tellStory("acme", keys);
  const [last = ""] = rewritten.company.records.slice(-1);
  rewritten.company.records = [...rewritten.company.records.slice(0, -1), last.replace("rec_", "rec_0")];
  const shown = { name: "what the auditor was shown", note: story.company.checkpoint() };
  const ours = rewritten.company.checkpoint();
  const verdict = verifyPackage(sourceFor(packed(rewritten)), { since: [shown] });
  const proof = verdict.faults.find(({ code }) => code === "split-view");
  assert.equal(proof?.where, "ledger/checkpoint, what the auditor was shown");
  assert.ok(proof.message.includes(shown.note) && proof.message.includes(ours));
  // Also where the package itself has gone on since.
  const again = { name: "what the board was shown", note: ours };
  rewritten.company.add("thing.else", {});
  const later = verifyPackage(sourceFor(packed(rewritten)), { since: [shown, again] });
  assert.ok(
    later.faults.some(
      ({ code, where }) =>
        code === "split-view" && where === "what the auditor was shown, what the board was shown",
    ),
  );
  assert.ok(verifyPackage(sourceFor(packed(story)), { since: [shown, shown] }).intact);
});

test("the true log extends every checkpoint it ever signed, and says up to which record that holds", () => {
  const since = Array.from({ length: story.company.records.length + 1 }, (_, size) => ({
    name: `of size ${size}`,
    note: story.company.checkpoint(size),
  }));
  const verdict = verifyPackage(sourceFor(packed(story)), { since });
  assert.deepEqual(verdict.faults, []);
  assert.ok(verdict.facts.sinceChecked.every((each) => each.outcome === "extends"));
  assert.match(verdict.shows.join("\n"), /first 10 records have not been rewritten since of size 10/);
  assert.doesNotMatch(verdict.doesNotShow.join("\n"), /rewrite and re-sign/);
  const partly = verifyPackage(sourceFor(packed(story)), { since: [lastMonth] });
  assert.match(partly.doesNotShow.join("\n"), /That records after the first 6 were not rewritten/);
});

test("a log cut back to before a checkpoint is a rollback", () => {
  const longer = tellStory("acme", keys);
  longer.company.add("thing.else", {});
  const kept = { name: "kept", note: longer.company.checkpoint() };
  const verdict = verifyPackage(sourceFor(packed(story)), { since: [kept] });
  assert.deepEqual(
    verdict.faults.map(({ code, where }) => [code, where]),
    [["rollback", "kept"]],
  );
});

test("a checkpoint of another log, or none at all, proves nothing and is refused", () => {
  for (const note of [
    tellStory("other").company.checkpoint(),
    "hello",
    story.company.checkpoint().replace("\n", "\r\n"),
  ]) {
    const verdict = verifyPackage(sourceFor(packed(story)), { since: [{ name: "x", note }] });
    assert.deepEqual(
      verdict.faults.map(({ code }) => code),
      ["since-unreadable"],
    );
  }
});

test("a key that was compared by another way is told apart from one that only came along", () => {
  const source = sourceFor(packed(story));
  const { logKey, attestationKey } = verifyPackage(source).facts;
  assert.ok(logKey && attestationKey);
  for (const options of [
    { logKey: logKey.key },
    { logKey: logKey.fingerprint.short },
    { logKey: logKey.fingerprint.full },
    { attestationKey: attestationKey.fingerprint.short },
  ]) {
    const verdict = verifyPackage(source, options);
    assert.deepEqual(verdict.faults, []);
    assert.equal(verdict.facts.keyComparedByAnotherWay, true);
    assert.doesNotMatch(verdict.doesNotShow.join("\n"), /Whose package it is/);
    assert.match(verdict.doesNotShow.join("\n"), /rewrite and re-sign/);
  }
  for (const options of [
    { logKey: tellStory("other").company.logKey },
    { logKey: "0000 0000 0000 0000" },
    { logKey: "not a fingerprint" },
    { logKey: "a+b+c" },
    { attestationKey: logKey.fingerprint.short },
  ]) {
    const verdict = verifyPackage(source, options);
    assert.deepEqual(
      verdict.faults.map(({ code }) => code),
      ["key-differs"],
    );
    assert.equal(verdict.facts.keyComparedByAnotherWay, false);
  }
  assert.match(verifyPackage(source).doesNotShow.join("\n"), /Whose package it is/);
});
