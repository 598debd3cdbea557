import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTlogProof, inclusionProof, leafHash, MemoryTree } from "@countersign/ledger";
import { tellStory } from "./testing/company.ts";
import { verifyProof } from "./verify-proof.ts";

const { company } = tellStory();
const tree = new MemoryTree();
for (const record of company.records) tree.append(leafHash(Buffer.from(record)));

test("every record's proof holds for its bytes, under its log's key, and for nothing else", () => {
  const other = tellStory("other").company;
  for (const [index, record] of company.records.entries()) {
    const path = inclusionProof(index, tree.size, tree.read);
    const proof = formatTlogProof({ index, path, checkpoint: company.checkpoint() });
    const bytes = Buffer.from(record);
    const proven = verifyProof(proof, bytes, company.logKey);
    assert.ok(proven.ok && proven.value.index === index && proven.value.checkpoint.size === tree.size);
    assert.equal(verifyProof(proof, Buffer.from(`${record} `), company.logKey).ok, false);
    assert.equal(verifyProof(proof, bytes, other.logKey).ok, false);
    assert.equal(
      verifyProof(proof.replace(`index ${index}`, `index ${(index + 1) % tree.size}`), bytes, company.logKey)
        .ok,
      false,
    );
    assert.equal(verifyProof(proof.replace("index", "inde"), bytes, company.logKey).ok, false);
    assert.equal(verifyProof(proof, bytes, "no key").ok, false);
  }
});
