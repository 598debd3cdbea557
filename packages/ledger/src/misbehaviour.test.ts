import assert from "node:assert/strict";
import { test } from "node:test";
import { signCheckpoint } from "./checkpoint.ts";
import { leafHash } from "./merkle.ts";
import { describeMisbehaviour, proofOfMisbehaviour } from "./misbehaviour.ts";
import { signNote } from "./note.ts";
import { testKey } from "./testing/keys.ts";

const log = testKey("log.example/acme");
const later = testKey("log.example/acme", "ed25519", "later");
const sign = (size: number, leaf: string, key = log) =>
  signCheckpoint({ origin: key.verifier.name, size, root: leafHash(Buffer.from(leaf)) }, key.pem);

test("two roots of one size are proof of a split view, also where the key was changed in between", () => {
  const keys = [log.verifier, later.verifier];
  for (const second of [sign(7, "b"), sign(7, "b", later)]) {
    const proof = proofOfMisbehaviour(sign(7, "a"), second, keys);
    assert.ok(proof.ok && proof.value !== undefined);
    assert.equal(proof.value.size, 7);
    const said = describeMisbehaviour(proof.value);
    // Both notes stand in it whole: what is printed can be checked by anybody.
    assert.ok(said.includes(sign(7, "a")) && said.includes(second), said);
  }
});

test("one root, or two sizes, prove nothing by themselves", () => {
  for (const second of [sign(7, "a"), sign(8, "b")]) {
    const proof = proofOfMisbehaviour(sign(7, "a"), second, [log.verifier]);
    assert.ok(proof.ok && proof.value === undefined);
  }
});

test("nothing is proven with a checkpoint that the log did not sign", () => {
  const thief = testKey("log.example/acme", "ed25519", "thief");
  const other = testKey("other.example");
  const forged = sign(7, "b").replace("\n7\n", "\n8\n");
  for (const second of [sign(7, "b", thief), sign(7, "b", other), forged, signNote("7\n", "x", log.pem)])
    assert.equal(proofOfMisbehaviour(sign(7, "a"), second, [log.verifier]).ok, false);
});
