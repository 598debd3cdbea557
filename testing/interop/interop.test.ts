/** Logs, notes and proofs of ours in other people's programs, and theirs in ours. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  addSignatures,
  cosignatureLine,
  formatTlogProof,
  inclusionProof,
  leafHash,
  MemoryTree,
  openSignedCheckpoint,
  parsePolicy,
  parseVerifierKey,
  signatureLine,
  verifyTiledLog,
  verifyTlogProof,
  type NoteVerifier,
  type TiledLogFaultCode,
} from "@countersign/ledger";
import { testKey } from "../../packages/ledger/src/testing/keys.ts";
import { sourceOf, tiledLog, tiledLogKey, type TiledFiles } from "../../packages/ledger/src/testing/tiled.ts";
import { needsTool } from "../outside-tools.ts";
import { filesOf, goFiles, goLogs, goProgram, goVerdicts, type GoLog } from "./go.ts";
import { choicesFrom } from "../durability/random.ts";
import { mutated } from "./mutate.ts";

const witness = testKey("witness.example", "cosignature/v1");
const next = testKey(tiledLogKey.verifier.name, "ed25519", "the log's next key");

/** Signed by the log's two keys, and cosigned. */
function cosignedLog(size: number): TiledFiles {
  const files = tiledLog(size);
  const note = files.get("checkpoint")?.toString() ?? "";
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  const lines = [
    signatureLine(text, next.verifier.name, next.pem),
    cosignatureLine(text, witness.verifier.name, witness.pem, 1_700_000_000n),
  ];
  return files.set("checkpoint", Buffer.from(addSignatures(note, lines)));
}

function asGo(files: TiledFiles, key = tiledLogKey.vkey): GoLog {
  return { key, witness: witness.vkey, files: goFiles(files) };
}

type Ours = {
  readonly whole: boolean;
  readonly checkpoint: boolean;
  readonly why: string;
  readonly codes: ReadonlySet<TiledLogFaultCode>;
};

function judge(files: TiledFiles, log: NoteVerifier, cosigner: NoteVerifier): Ours {
  const { checkpoint, faults } = verifyTiledLog(sourceOf(files), (note) => {
    const opened = openSignedCheckpoint(note, [log], [cosigner]);
    return opened.ok ? { ok: true, value: opened.value.checkpoint } : opened;
  });
  const why = faults.map(({ code, path, message }) => `${code} ${path}: ${message}`).join("; ");
  const codes = new Set(faults.map(({ code }) => code));
  return { whole: faults.length === 0, checkpoint: checkpoint !== undefined, why, codes };
}

function keyOf(vkey: string, type: NoteVerifier["type"] = "ed25519"): NoteVerifier {
  const key = parseVerifierKey(vkey, [type]);
  if (!key.ok) throw new Error(key.error);
  return key.value;
}

test("Go's packages find our logs whole, under either key of the log, and not under another", (context) => {
  const program = goProgram(context);
  if (program === undefined) return;
  const logs = [0, 1, 2, 255, 256, 257, 513, 65_536, 70_000].map(cosignedLog);
  const verdicts = goVerdicts(program, "judge", [
    ...logs.map((files) => asGo(files)),
    asGo(cosignedLog(3), next.vkey),
    asGo(cosignedLog(3), testKey(tiledLogKey.verifier.name, "ed25519", "thief").vkey),
  ]);
  for (const verdict of verdicts.slice(0, -1))
    assert.deepEqual(verdict, { whole: true, checkpoint: true, why: "" });
  assert.equal(verdicts.at(-1)?.checkpoint, false);
});

test("we find logs whole that Go's packages wrote, with their witness and their proof files", (context) => {
  const program = goProgram(context);
  if (program === undefined) return;
  for (const log of goLogs(program, [0, 1, 2, 255, 256, 257, 513, 65_537])) {
    const [key, cosigner] = [keyOf(log.key), keyOf(log.witness, "cosignature/v1")];
    const { whole, checkpoint, why } = judge(filesOf(log), key, cosigner);
    assert.deepEqual([whole, checkpoint], [true, true], why);
    const thief = testKey(key.name, "ed25519", "thief").verifier;
    assert.equal(judge(filesOf(log), thief, cosigner).checkpoint, false);
    if (log.proof === undefined) continue;
    const policy = parsePolicy(`log ${log.key}\nwitness w ${log.witness}\nquorum w\n`);
    assert.ok(policy.ok);
    const proof = Buffer.from(log.proof, "base64").toString();
    const proven = verifyTlogProof(proof, leafHash(Buffer.from(log.record, "base64")), policy.value);
    assert.ok(proven.ok, proven.ok ? "" : proven.error);
    assert.equal(Buffer.from(proven.value.extra ?? []).toString(), "from go");
    assert.equal(verifyTlogProof(proof, leafHash(Buffer.from("another")), policy.value).ok, false);
  }
});

test("Go's packages accept our proof files, and refuse them for another record", (context) => {
  const program = goProgram(context);
  if (program === undefined) return;
  const size = 300;
  const tree = new MemoryTree();
  for (let i = 0; i < size; i++) tree.append(leafHash(Buffer.from(`entry ${i}`)));
  const checkpoint = cosignedLog(size).get("checkpoint")?.toString() ?? "";
  const proofs = [0, 1, 255, 256, 299].flatMap((index) => {
    const proof = formatTlogProof({ index, path: inclusionProof(index, size, tree.read), checkpoint });
    return [index, index + 1].map((of) => ({
      key: tiledLogKey.vkey,
      witness: witness.vkey,
      proof: Buffer.from(proof).toString("base64"),
      record: Buffer.from(`entry ${of}`).toString("base64"),
    }));
  });
  const verdicts = goVerdicts(program, "prove", proofs);
  for (const [i, verdict] of verdicts.entries())
    assert.equal(verdict.whole, i % 2 === 0, `${i}: ${verdict.why}`);
});

const COUNT = Number(process.env["COUNTERSIGN_INTEROP_COUNT"] ?? 10_000);
const SEED = Number(process.env["COUNTERSIGN_INTEROP_SEED"] ?? Date.now() % 2 ** 32);
/** Most are small, so that ten thousand take a minute; every fifteenth has several tiles at a level, or several levels. */
const SIZES = [0, 1, 2, 3, 5, 7, 8, 9, 12, 16, 17, 21, 30, 257, 300];

test("over ten thousand mutated exports, our verdict is that of Go's packages", (context) => {
  const program = goProgram(context);
  if (program === undefined) return;
  context.diagnostic(`COUNTERSIGN_INTEROP_SEED=${SEED}`);
  const pick = choicesFrom(SEED).below;
  const logs = SIZES.map(cosignedLog);
  const cases = Array.from({ length: COUNT }, () => {
    // The large ones seldom: they are forty times as much work.
    const size = pick(20) === 0 ? pick(SIZES.length) : pick(SIZES.length - 2);
    return mutated(logs[size]!, pick);
  });
  const theirs = goVerdicts(
    program,
    "judge",
    cases.map(({ files }) => asGo(files)),
  );
  const counts = { whole: 0, checkpoint: 0, refused: 0 };
  const alone = new Set<TiledLogFaultCode>();
  for (const [i, { files, how }] of cases.entries()) {
    const ours = judge(files, tiledLogKey.verifier, witness.verifier);
    const { whole, checkpoint, why } = theirs[i]!;
    const told = `case ${i} of seed ${SEED} (${how}): ours ${ours.why}, theirs ${JSON.stringify(why)}`;
    assert.deepEqual([ours.whole, ours.checkpoint], [whole, checkpoint], told);
    const [code, ...others] = ours.codes;
    if (checkpoint && code !== undefined && others.length === 0) alone.add(code);
    counts[whole ? "whole" : checkpoint ? "checkpoint" : "refused"]++;
  }
  context.diagnostic(
    `whole ${counts.whole}, damaged ${counts.checkpoint}, checkpoint refused ${counts.refused}`,
  );
  // Each verdict is there often enough for equality to mean something.
  for (const count of Object.values(counts)) assert.ok(count > COUNT / 50, JSON.stringify(counts));
  // Negative control: each of these faults was, in some case, all that was wrong; overlooking it would have differed.
  for (const code of [
    "file-missing",
    "file-unknown",
    "tile-size",
    "tile-hash",
    "bundle",
    "entry",
    "partial",
  ] as const)
    assert.ok(alone.has(code), code);
});

test("openssl verifies our checkpoint, and not one with another size", (context) => {
  if (!needsTool(context, "openssl")) return;
  const folder = mkdtempSync(join(tmpdir(), "countersign-openssl-"));
  try {
    const note = cosignedLog(7).get("checkpoint")?.toString() ?? "";
    const [text = "", signatures = ""] = [
      note.slice(0, note.indexOf("\n\n") + 1),
      note.slice(note.indexOf("\n\n") + 2),
    ];
    const signature = Buffer.from(signatures.split("\n")[0]?.split(" ")[2] ?? "", "base64").subarray(4);
    const spki = Buffer.concat([
      Buffer.from("302a300506032b6570032100", "hex"),
      tiledLogKey.verifier.publicKey,
    ]);
    writeFileSync(join(folder, "key.der"), spki);
    writeFileSync(join(folder, "signature"), signature);
    const verify = (body: string): number | null => {
      writeFileSync(join(folder, "text"), body);
      const args = "pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -in text -sigfile signature";
      return spawnSync("openssl", args.split(" "), { cwd: folder }).status;
    };
    assert.equal(verify(text), 0);
    assert.notEqual(verify(text.replace("\n7\n", "\n8\n")), 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
