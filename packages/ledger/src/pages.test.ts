/** The examples of docs/formats that are this package's. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { formatCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { inclusionProof, leafHash, MemoryTree } from "./merkle.ts";
import { addSignatures, cosignatureLine } from "./note.ts";
import { parseVerifierKey } from "./note-key.ts";
import { parsePolicy } from "./policy.ts";
import { testKey } from "./testing/keys.ts";
import { tilePath, tilesOf } from "./tile-path.ts";
import { formatTlogProof, verifyTlogProof } from "./tlog-proof.ts";

const log = testKey("log.example/acme");
const north = testKey("w.example", "cosignature/v1", "north");
const south = testKey("w.example", "cosignature/v1", "south");

function example(page: string, name: string): string {
  const file = join(import.meta.dirname, "../../../docs/formats", `${page}.md`);
  const found = new RegExp(`\`\`\`\\w+ example=${name}\n([^]*?)\n\`\`\``).exec(readFileSync(file, "utf8"));
  assert.ok(found, `${page}.md has no example ${name}`);
  return found[1] ?? "";
}

test("proof.md: the example proves its record under the example policy, and not without one of its witnesses", () => {
  const tree = new MemoryTree();
  for (const record of ["record 0", "record 1"]) tree.append(leafHash(Buffer.from(record)));
  const head = { origin: log.verifier.name, size: 2, root: tree.root() };
  const path = inclusionProof(1, 2, tree.read);
  const lines = [north, south].map(({ pem }) =>
    cosignatureLine(formatCheckpoint(head), "w.example", pem, 9n),
  );
  const proof = (cosigned: readonly string[]): string =>
    formatTlogProof({
      index: 1,
      path,
      checkpoint: addSignatures(signCheckpoint(head, log.pem), cosigned),
      extra: Buffer.from("record 1"),
    });
  const shown = example("proof", "proof");
  assert.ok(proof(lines).startsWith(`${shown}\n`), proof(lines));
  const policy = parsePolicy(
    `${example("proof", "policy")}\n`
      .replace("LOGKEY", log.vkey)
      .replace("NORTHKEY", north.vkey)
      .replace("SOUTHKEY", south.vkey),
  );
  assert.ok(policy.ok, policy.ok ? "" : policy.error);
  const leaf = leafHash(Buffer.from("record 1"));
  assert.ok(verifyTlogProof(proof(lines), leaf, policy.value).ok);
  assert.equal(verifyTlogProof(proof(lines.slice(1)), leaf, policy.value).ok, false);
});

test("witness.md: the example is a witness's key", () => {
  assert.equal(example("witness", "vkey"), testKey("w.example", "cosignature/v1").vkey);
  assert.ok(parseVerifierKey(example("witness", "vkey"), ["cosignature/v1"]).ok);
});

test("tiles.md: the example is the list of a log's files", () => {
  const [first = "", ...lines] = example("tiles", "paths").split("\n");
  const paths = [...tilesOf(Number(first.replace("size ", "")))].map(tilePath);
  const listed = lines.flatMap((line) => {
    const [, count, from = "", , to] = /^(?:(\d+) )?(\S+)( to (\S+))?$/.exec(line) ?? [];
    const start = paths.indexOf(from);
    const range = paths.slice(start, start + Number(count ?? 1));
    assert.equal(range.at(-1), to ?? from);
    return range;
  });
  assert.deepEqual(listed, paths);
});
