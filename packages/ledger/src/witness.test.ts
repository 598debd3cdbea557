import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCheckpoint, openSignedCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { leafHash } from "./merkle.ts";
import { addSignatures, cosignatureLine, formatSignatureLine } from "./note.ts";
import { testKey } from "./testing/keys.ts";
import { formatAddCheckpoint, parseAddCheckpoint, parseWitnessSize, readCosignatures } from "./witness.ts";

const log = testKey("log.example/acme");
const witness = testKey("w.example", "cosignature/v1");
const root = leafHash(Buffer.from("root"));
const text = formatCheckpoint({ origin: log.verifier.name, size: 5, root });
const note = signCheckpoint({ origin: log.verifier.name, size: 5, root }, log.pem);
const line = cosignatureLine(text, "w.example", witness.pem, 1_700_000_000n);

test("a request survives its text form, and odd ones are refused", () => {
  const request = {
    oldSize: 3,
    proof: [root, leafHash(root)].map((h) => new Uint8Array(h)),
    checkpoint: note,
  };
  const body = formatAddCheckpoint(request);
  assert.deepEqual(parseAddCheckpoint(body), { ok: true, value: request });
  const empty = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: note });
  assert.ok(empty.startsWith("old 0\n\nlog.example/acme\n"), empty);
  const hash = Buffer.from(root).toString("base64");
  for (const bad of [
    body.replace("old 3", "old 03"),
    body.replace("old 3", "old -3"),
    body.replace("old 3", "old 9007199254740992"),
    body.replace("old 3", "old  3"),
    body.replace("old 3\n", ""),
    body.replace("old 3\n", "old 3\n\t\n"),
    body.replace(hash, hash.slice(0, -1)),
    body.replaceAll("\n\n", "\n"),
    body.replace(`${hash}\n`, `${hash}\n`.repeat(63)),
  ])
    assert.equal(parseAddCheckpoint(bad).ok, false, bad);
  assert.throws(() => formatAddCheckpoint({ ...request, proof: Array.from({ length: 64 }, () => root) }));
});

test("a witness's answer gives lines that make the checkpoint a cosigned one", () => {
  const stranger = cosignatureLine(text, "x.example", testKey("x.example").pem, 9n);
  const answer = readCosignatures(`${stranger}\n${line}\n`, note, [witness.verifier]);
  assert.ok(answer.ok);
  assert.deepEqual(
    answer.value.map((each) => [each.timestamp, each.line]),
    [[1_700_000_000n, line]],
  );
  const cosigned = addSignatures(note, [...answer.value.map((each) => each.line), line]);
  assert.equal(cosigned, `${note}${line}\n`);
  const opened = openSignedCheckpoint(cosigned, [log.verifier], [witness.verifier]);
  assert.ok(opened.ok);
  assert.deepEqual(
    opened.value.cosignatures.map(({ verifier, timestamp }) => [verifier.name, timestamp]),
    [["w.example", 1_700_000_000n]],
  );
});

test("an answer without a cosignature of the witness, over another checkpoint, or without a time is refused", () => {
  const read = (body: string) => readCosignatures(body, note, [witness.verifier]);
  const other = cosignatureLine(text.replace("5", "6"), "w.example", witness.pem, 1n);
  const without = cosignatureLine(text, "w.example", witness.pem, 0n);
  const stranger = cosignatureLine(text, "x.example", testKey("x.example").pem, 9n);
  const cut = formatSignatureLine({
    name: "w.example",
    keyId: witness.verifier.keyId,
    signature: new Uint8Array(3),
  });
  for (const body of [
    "",
    "\n",
    line,
    `${line}\r\n`,
    `\n${line}\n`,
    `${note}${line}\n`,
    `${other}\n`,
    `${without}\n`,
    `${stranger}\n`,
    `${cut}\n`,
    `${line}\n`.repeat(101),
  ])
    assert.equal(read(body).ok, false, body);
  assert.ok(read(`${line}\n`).ok);
});

test("the time of a cosignature is part of what is signed, up to 2^63 - 1", () => {
  const latest = 2n ** 63n - 1n;
  const answer = readCosignatures(`${cosignatureLine(text, "w.example", witness.pem, latest)}\n`, note, [
    witness.verifier,
  ]);
  assert.ok(answer.ok && answer.value[0]?.timestamp === latest);
  assert.throws(() => cosignatureLine(text, "w.example", witness.pem, latest + 1n));
  const bytes = Buffer.from(line.split(" ")[2]!, "base64");
  for (let at = 4; at < 12; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    const body = `— w.example ${changed.toString("base64")}\n`;
    assert.equal(readCosignatures(body, note, [witness.verifier]).ok, false, `byte ${at}`);
  }
});

test("a conflict's body is a size and a newline, and nothing else", () => {
  assert.deepEqual(parseWitnessSize("20852163\n"), { ok: true, value: 20_852_163 });
  for (const body of ["", "7", "07\n", "+7\n", "7\r\n", "7\n\n", " 7\n", "1e3\n", "9007199254740992\n"])
    assert.equal(parseWitnessSize(body).ok, false, JSON.stringify(body));
});
