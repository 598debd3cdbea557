import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { formatCheckpoint, openCheckpoint, parseCheckpointUnsafe, signCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT, leafHash } from "./merkle.ts";
import { publicKeyOf } from "./ed25519.ts";
import { openNote, parseNote, signatureLine, signNote } from "./note.ts";
import { formatVerifierKey, parseVerifierKey, verifierOf } from "./note-key.ts";
import { testKey } from "./testing/keys.ts";
import { formatTlogProof, parseTlogProof } from "./tlog-proof.ts";

const pem = () =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string;
const key = pem();
const log = verifierOf("example.com/log", publicKeyOf(key));

test("the public example of the Go checksum database opens under its published key", () => {
  // From the documentation of golang.org/x/mod/sumdb/note.
  const verifier = parseVerifierKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  assert.ok(verifier.ok);
  const note =
    "If you think cryptography is the answer to your problem,\n" +
    "then you don't know what your problem is.\n\n" +
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  assert.ok(openNote(note, [verifier.value]).ok);
  assert.equal(openNote(note.replace("answer", "anwser"), [verifier.value]).ok, false);
});

test("a checkpoint opens under its own key and says what was signed", () => {
  const root = leafHash(Buffer.from("x"));
  const note = signCheckpoint({ origin: log.name, size: 7, root }, key);
  const opened = openCheckpoint(note, log);
  assert.ok(opened.ok);
  assert.equal(opened.value.size, 7);
  assert.deepEqual(parseVerifierKey(formatVerifierKey(log)), { ok: true, value: log });
});

test("a bad signature under a known key sinks the note, and a signature of an unknown key is ignored", () => {
  const text = formatCheckpoint({ origin: log.name, size: 0, root: EMPTY_ROOT });
  const good = signNote(text, log.name, key);
  const stranger = signNote(text, "stranger.example", pem()).split("\n").at(-2);
  assert.ok(openCheckpoint(`${good}${stranger}\n`, log).ok);
  const line = good.split("\n").at(-2)!;
  const bytes = Buffer.from(line.split(" ")[2]!, "base64");
  bytes[40]! ^= 1;
  const bad = `${text}\n— ${log.name} ${bytes.toString("base64")}\n`;
  assert.equal(openCheckpoint(bad, log).ok, false);
  assert.equal(openCheckpoint(`${text}\n${stranger}\n`, log).ok, false);
});

test("malformed notes and checkpoints are refused", () => {
  const root = Buffer.from(EMPTY_ROOT).toString("base64");
  const good = signNote(`o\n0\n${root}\n`, "o", key);
  assert.ok(parseCheckpointUnsafe(good).ok);
  const bodies = [
    `o\n00\n${root}\n`,
    `o\n+1\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n1e3\n${root}\n`,
    `o\n9007199254740993\n${root}\n`,
    `o\n1\n${root.slice(0, -4)}\n`,
    `o\n1\n${root}\nextension\n`,
    `\n1\n${root}\n`,
    `o\n0\n${Buffer.from(leafHash(Buffer.from("a"))).toString("base64")}\n`,
  ];
  for (const body of bodies) assert.equal(parseCheckpointUnsafe(signNote(body, "o", key)).ok, false, body);
  for (const note of [
    good.slice(0, -1),
    good.replace("\n\n", "\n"),
    good.replace("— ", "- "),
    `${good}\n`,
    good.replace("o\n", "o\r\n"),
    good.replace("o\n", "o\u0000\n"),
    `${good}${Array.from({ length: 101 }, () => good.split("\n").at(-2)).join("\n")}\n`,
  ])
    assert.equal(parseNote(note).ok, false, JSON.stringify(note));
});

test("a tlog-proof survives its file form, and odd ones are refused", () => {
  const checkpoint = signCheckpoint({ origin: log.name, size: 2, root: leafHash(Buffer.from("r")) }, key);
  const proof = { index: 1, path: [new Uint8Array(leafHash(Buffer.from("l")))], checkpoint };
  const text = formatTlogProof(proof);
  assert.deepEqual(parseTlogProof(text), { ok: true, value: proof });
  for (const bad of [
    text.replace("@v1", "@v2"),
    text.replace("index 1", "index 01"),
    text.replace("index 1", "index -1"),
    text.replace("index 1", "index 9007199254740993"),
    text.replace("\n\n", "\n"),
    text.replace("index 1\n", "index 1\nAAAA\n"),
  ])
    assert.equal(parseTlogProof(bad).ok, false, bad);
});

test("a witness's key does not open a log, nor one of a type that is not used", () => {
  const { vkey, verifier } = testKey("w.example", "cosignature/v1");
  assert.equal(parseVerifierKey(vkey).ok, false);
  assert.deepEqual(parseVerifierKey(vkey, ["cosignature/v1"]), { ok: true, value: verifier });
  for (const type of ["ecdsa", "tree-head", "ml-dsa-44"] as const)
    assert.equal(parseVerifierKey(testKey("o", type).vkey).ok, false);
});

test("two keys of one name are told apart by their ids, and a right name with a wrong id is unknown", () => {
  const second = testKey(log.name, "ed25519", "second");
  const text = formatCheckpoint({ origin: log.name, size: 0, root: EMPTY_ROOT });
  const both = `${signNote(text, log.name, key)}${signatureLine(text, log.name, second.pem)}\n`;
  for (const known of [[log], [second.verifier], [log, second.verifier]]) {
    const opened = openNote(both, known);
    assert.ok(opened.ok);
    assert.deepEqual(opened.value.signedBy, known);
  }
  const bytes = Buffer.from(both.split(" ")[2]!.split("\n")[0]!, "base64");
  bytes[0]! ^= 1;
  const wrongId = `${text}\n— ${log.name} ${bytes.toString("base64")}\n`;
  assert.deepEqual(openNote(wrongId, [log]), { ok: false, error: "no signature of a known key" });
});

test("a second signature of one key is looked at, too", () => {
  const note = signNote(formatCheckpoint({ origin: log.name, size: 0, root: EMPTY_ROOT }), log.name, key);
  const line = note.split("\n").at(-2)!;
  const bad = Buffer.from(line.split(" ")[2]!, "base64");
  bad[20]! ^= 1;
  assert.ok(openNote(`${note}${line}\n`, [log]).ok);
  assert.equal(openNote(`${note}— ${log.name} ${bad.toString("base64")}\n`, [log]).ok, false);
});

test("bytes that are no UTF-8 are no note, and the sign that stands for them is refused in a text only", () => {
  const note = signNote("a \ufffd\n", log.name, key);
  assert.ok(openNote(Buffer.from(note), [log]).ok);
  assert.equal(openNote(note, [log]).ok, false);
  const bytes = Buffer.from(signNote("ab\n", log.name, key));
  bytes[0] = 0xff;
  assert.deepEqual(parseNote(bytes), { ok: false, error: "a note is UTF-8" });
});
