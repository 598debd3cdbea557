/** Vectors that others published, and such as were made from the specifications (README.md): more are rejected than accepted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { draw, ticketOf } from "@countersign/assessment";
import {
  addSignatures,
  cosignatureLine,
  EMPTY_ROOT,
  isPlainSignature,
  judgeCheckpoint,
  leafHash,
  openCheckpoint,
  openNote,
  openSignedCheckpoint,
  parseAddCheckpoint,
  parseNote,
  parsePolicy,
  parseVerifierKey,
  parseWitnessSize,
  signCheckpoint,
  TreeHasher,
  verifyConsistency,
  verifyEd25519,
  verifyInclusion,
  verifyTlogProof,
  type NoteVerifier,
  type Policy,
} from "@countersign/ledger";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";
import { createPublicKeyInPage, verifyInPage } from "../../packages/verify/src/standalone/node-crypto.ts";

/** What stands in the file is trusted to have the shape that its test names. */
function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), "utf8")) as T;
}

type Named = { readonly name: string };
type Judged<A, R = A> = {
  readonly accepted: readonly (Named & A)[];
  readonly rejected: readonly (Named & R)[];
};

function keyOf(vkey: string, type: NoteVerifier["type"] = "ed25519"): NoteVerifier {
  const key = parseVerifierKey(vkey, [type]);
  if (!key.ok) throw new Error(`${vkey}: ${key.error}`);
  return key.value;
}

function policyOf(text: string): Policy {
  const policy = parsePolicy(text);
  if (!policy.ok) throw new Error(`${text}: ${policy.error}`);
  return policy.value;
}

function moreRejected({ accepted, rejected }: Judged<object, object>): void {
  assert.ok(rejected.length > accepted.length, `${rejected.length} rejected, ${accepted.length} accepted`);
}

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

type Merkle = {
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly inclusion: readonly {
    readonly index: number;
    readonly size: number;
    readonly path: readonly string[];
  }[];
  readonly consistency: readonly {
    readonly older: number;
    readonly newer: number;
    readonly proof: readonly string[];
  }[];
};

const merkle = vectors<Merkle>("merkle");
const leaves = merkle.leaves.map((leaf) => leafHash(bytes(leaf)));
const roots = [EMPTY_ROOT, ...merkle.roots.map(bytes)];

test("RFC 6962: the reference tree has its roots", () => {
  const tree = new TreeHasher();
  for (const [i, leaf] of leaves.entries()) {
    tree.append(leaf);
    assert.equal(Buffer.from(tree.root()).toString("hex"), merkle.roots[i]);
  }
});

/** Every way in which one hash of a proof, or its length, can be wrong. */
function spoiled(proof: readonly Buffer[], around: readonly Uint8Array[]): Uint8Array[][] {
  const other = Buffer.alloc(32, 0xab);
  return [
    [...proof, new Uint8Array()],
    [...proof, new Uint8Array(31)],
    ...[other, ...around, ...proof].flatMap((hash) => [
      [...proof, hash],
      [hash, ...proof],
    ]),
    ...(proof.length === 0 ? [] : [proof.slice(1), proof.slice(0, -1), [...proof.slice(0, -1), other]]),
    ...proof.map((hash, i) => proof.with(i, Buffer.from(hash).fill(hash[0]! ^ 1, 0, 1))),
    ...proof.slice(1).map((hash, i) => proof.with(i, hash).with(i + 1, proof[i]!)),
    Array.from({ length: 64 }, () => other),
  ];
}

test("RFC 6962: inclusion proofs hold, and hundreds of probes do not", () => {
  let rejected = 0;
  const refuse = (...args: Parameters<typeof verifyInclusion>): void => {
    assert.equal(verifyInclusion(...args), false, JSON.stringify(args.slice(1, 3)));
    rejected++;
  };
  for (const { index, size, path } of merkle.inclusion) {
    const [leaf, root, proof] = [leaves[index]!, roots[size]!, path.map(bytes)];
    assert.ok(verifyInclusion(leaf, index, size, proof, root));
    const others = [
      index - 1,
      index + 1,
      index ^ 2,
      size,
      size + 1,
      -1,
      0.5,
      NaN,
      Infinity,
      2 ** 53,
      2 ** 63,
    ];
    for (const wrong of others) if (wrong !== index) refuse(leaf, wrong, size, proof, root);
    for (const wrong of [0, index, -1, size * 2, size * 2 - 1, 2 ** 53, NaN]) {
      if (wrong !== size) refuse(leaf, index, wrong, proof, root);
    }
    for (const wrong of [EMPTY_ROOT, leaf, ...roots, new Uint8Array()])
      if (Buffer.compare(wrong, root) !== 0) refuse(leaf, index, size, proof, wrong);
    for (const wrong of [...leaves, root, new Uint8Array()])
      if (Buffer.compare(wrong, leaf) !== 0) refuse(wrong, index, size, proof, root);
    for (const wrong of spoiled(proof, [leaf, root])) refuse(leaf, index, size, wrong, root);
  }
  assert.ok(rejected > 200, `${rejected}`);
});

test("RFC 6962: consistency proofs hold, and hundreds of probes do not", () => {
  let rejected = 0;
  const refuse = (...args: Parameters<typeof verifyConsistency>): void => {
    assert.equal(verifyConsistency(...args), false, JSON.stringify(args.slice(0, 2)));
    rejected++;
  };
  for (const { older, newer, proof: hex } of merkle.consistency) {
    const [a, b, proof] = [roots[older]!, roots[newer]!, hex.map(bytes)];
    assert.ok(verifyConsistency(older, newer, a, b, proof));
    for (const wrong of [older - 1, older + 1, newer + 1, -1, 0.5, NaN, 2 ** 53])
      refuse(wrong, newer, a, b, proof);
    for (const wrong of [0, -1, older - 1, newer * 2, 2 ** 53, NaN]) refuse(older, wrong, a, b, proof);
    for (const wrong of [...roots, new Uint8Array()]) {
      if (Buffer.compare(wrong, a) !== 0) refuse(older, newer, wrong, b, proof);
      if (Buffer.compare(wrong, b) !== 0) refuse(older, newer, a, wrong, proof);
    }
    for (const wrong of spoiled(proof, [a, b])) refuse(older, newer, a, b, wrong);
  }
  // From nothing: C2SP tlog-witness allows an empty proof and no other.
  assert.ok(verifyConsistency(0, 8, EMPTY_ROOT, roots[8]!, []));
  refuse(0, 8, EMPTY_ROOT, roots[8]!, [roots[1]!]);
  refuse(0, 8, roots[1]!, roots[8]!, []);
  assert.ok(rejected > 200, `${rejected}`);
});

type Note = { readonly keys: readonly string[]; readonly note: string };
type Keys = {
  readonly keys: {
    readonly accepted: readonly string[];
    readonly rejected: readonly (readonly [string, string])[];
  };
};

test("signed-note: notes and keys are judged as the specification says", () => {
  const all = vectors<Judged<Note> & Keys>("signed-note");
  moreRejected(all);
  const open = ({ keys, note }: Note) =>
    openNote(
      Buffer.from(note, "base64"),
      keys.map((key) => keyOf(key)),
    );
  for (const each of all.accepted) assert.ok(open(each).ok, each.name);
  for (const each of all.rejected) assert.equal(open(each).ok, false, each.name);
  for (const key of all.keys.accepted) assert.ok(parseVerifierKey(key).ok, key);
  for (const [key, why] of all.keys.rejected) assert.equal(parseVerifierKey(key).ok, false, why);
});

test("checkpoint: sizes, roots and lines are judged as the specification says", () => {
  type Claimed = { readonly note: string; readonly size: number; readonly root: string };
  const all = vectors<Judged<Claimed, { readonly note: string }> & { readonly key: string }>("checkpoint");
  moreRejected(all);
  const key = keyOf(all.key);
  for (const { name, note, size, root } of all.accepted) {
    const opened = openCheckpoint(note, key);
    assert.ok(opened.ok, name);
    assert.deepEqual(
      [opened.value.size, Buffer.from(opened.value.root).toString("base64")],
      [size, root],
      name,
    );
  }
  for (const { name, note } of all.rejected) {
    // The signature holds, so that it is the text that is refused.
    assert.ok(parseNote(note).ok && openNote(note, [key]).ok, name);
    assert.equal(openCheckpoint(note, key).ok, false, name);
  }
});

test("cosignature: times and signatures are judged as the specification says", () => {
  type Line = { readonly line: string };
  type Of = { readonly log: string; readonly witness: string; readonly checkpoint: string };
  const all = vectors<Judged<Line & { readonly timestamp: string }, Line> & Of>("cosignature");
  moreRejected(all);
  const open = (line: string) =>
    openSignedCheckpoint(
      addSignatures(all.checkpoint, [line]),
      [keyOf(all.log)],
      [keyOf(all.witness, "cosignature/v1")],
    );
  for (const { name, line, timestamp } of all.accepted) {
    const opened = open(line);
    assert.ok(opened.ok && opened.value.cosignatures.length === 1, name);
    assert.equal(opened.value.cosignatures[0]?.timestamp, BigInt(timestamp), name);
  }
  for (const { name, line } of all.rejected) {
    const opened = open(line);
    assert.ok(!opened.ok || opened.value.cosignatures.length === 0, name);
  }
});

test("tlog-proof: files are judged as the specification says", () => {
  type Proof = { readonly record: string; readonly proof: string };
  const all = vectors<Judged<Proof> & { readonly policy: string }>("tlog-proof");
  moreRejected(all);
  const policy = policyOf(all.policy);
  const verify = ({ record, proof }: Proof) => verifyTlogProof(proof, leafHash(Buffer.from(record)), policy);
  for (const each of all.accepted) assert.ok(verify(each).ok, each.name);
  for (const each of all.rejected) assert.equal(verify(each).ok, false, each.name);
});

test("tlog-policy: files are judged as the specification says, and quorums as the files say", () => {
  type File = { readonly policy: string };
  type Quorum = File & { readonly enough: readonly string[][]; readonly notEnough: readonly string[][] };
  const all = vectors<Judged<Quorum, File>>("tlog-policy");
  moreRejected(all);
  const log = testKey("log.example/acme");
  const head = { origin: log.verifier.name, size: 1, root: leafHash(Buffer.from("r")) };
  const note = signCheckpoint(head, log.pem);
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  const cosigned = (by: readonly string[]) =>
    addSignatures(
      note,
      by.map((name) => cosignatureLine(text, `${name}.example`, testKey(`${name}.example`).pem, 1n)),
    );
  for (const { name, policy, enough, notEnough } of all.accepted) {
    const read = policyOf(policy);
    for (const by of enough) assert.ok(judgeCheckpoint(read, cosigned(by)).ok, `${name}: ${by.join()}`);
    for (const by of notEnough)
      assert.equal(judgeCheckpoint(read, cosigned(by)).ok, false, `${name}: ${by.join()}`);
  }
  for (const { name, policy } of all.rejected) assert.equal(parsePolicy(policy).ok, false, name);
});

test("tlog-witness: requests and sizes are read as the specification says", () => {
  type Request = { readonly body: string; readonly oldSize: number; readonly hashes: number };
  type Sizes = {
    readonly accepted: readonly (readonly [string, number])[];
    readonly rejected: readonly string[];
  };
  const all = vectors<Judged<Request, { readonly body: string }> & { readonly sizes: Sizes }>("tlog-witness");
  moreRejected(all);
  for (const { name, body, oldSize, hashes } of all.accepted) {
    const request = parseAddCheckpoint(body);
    assert.ok(request.ok, name);
    assert.deepEqual([request.value.oldSize, request.value.proof.length], [oldSize, hashes], name);
    assert.ok(parseNote(request.value.checkpoint).ok, name);
  }
  for (const { name, body } of all.rejected) assert.equal(parseAddCheckpoint(body).ok, false, name);
  for (const [body, size] of all.sizes.accepted)
    assert.deepEqual(parseWitnessSize(body), { ok: true, value: size });
  for (const body of all.sizes.rejected) assert.equal(parseWitnessSize(body).ok, false, JSON.stringify(body));
});

type OddPoint = Named & {
  readonly message: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly accepted: boolean;
};

test("Ed25519: odd points are judged by the one rule", () => {
  for (const each of vectors<{ readonly cases: readonly OddPoint[] }>("ed25519-odd-points").cases) {
    const [message, key, signature] = [bytes(each.message), bytes(each.publicKey), bytes(each.signature)];
    assert.equal(verifyEd25519(message, key, signature), each.accepted, each.name);
    // Three signatures are plain, and the equation decides.
    assert.equal(isPlainSignature(key, signature), /^[345]:/.test(each.name), each.name);
  }
});

test("consistent sampler: tickets and draws are those that Rivest's package prints", () => {
  type Ticket = { readonly id: string; readonly seed: string; readonly ticket: string };
  type Draw = {
    readonly ids: string[];
    readonly seed: string;
    readonly count: number;
    readonly drawn: string[];
  };
  const all = vectors<{ readonly tickets: readonly Ticket[]; readonly draws: readonly Draw[] }>(
    "consistent-sampler",
  );
  for (const { id, seed, ticket } of all.tickets) assert.equal(ticketOf(id, seed), ticket);
  for (const { ids, seed, count, drawn } of all.draws)
    assert.deepEqual(draw(ids, seed, count), { ok: true, value: drawn });
});

test("Ed25519: under the rule, the arithmetic of the verifier's page gives OpenSSL's verdicts", () => {
  const spki = (key: Buffer) => Buffer.concat([bytes("302a300506032b6570032100"), key]);
  for (const each of vectors<{ readonly cases: readonly OddPoint[] }>("ed25519-odd-points").cases) {
    const [message, key, signature] = [bytes(each.message), bytes(each.publicKey), bytes(each.signature)];
    if (!isPlainSignature(key, signature)) continue;
    const inPage = createPublicKeyInPage({ key: spki(key), format: "der" });
    assert.equal(verifyInPage(null, message, inPage, signature), each.accepted, each.name);
  }
});
