import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseCanonicalJson } from "@countersign/kernel";
import {
  foldKeys,
  formatVerifierKey,
  openUnderChain,
  parseNote,
  parseVerifierKey,
  verifierOf,
} from "@countersign/ledger";
import { keyEventOf } from "@countersign/package-format";
import { asObject } from "./record.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/formats/keys.md"), "utf8");

function example(name: string): string {
  const found = new RegExp(`\`\`\`\\w+ example=${name}\n([^]*?)\n\`\`\``).exec(page);
  assert.ok(found, `keys.md has no example ${name}`);
  return found[1] ?? "";
}

test("keys.md: the rotation is read, and the checkpoint of the overlap is good under it and carries both ids", () => {
  const parsed = parseCanonicalJson(Buffer.from(example("rotation")));
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.error);
  const body = asObject(parsed.value);
  assert.ok(body !== undefined);
  const rotation = keyEventOf("key.rotated", body, 2);
  assert.ok(rotation.ok && rotation.value.kind === "rotated");
  const { key, replaces } = rotation.value;
  const { chain, faults } = foldKeys([
    { kind: "created", index: 0, log: replaces, attestation: "another" },
    rotation.value,
  ]);
  assert.deepEqual(faults, []);
  const note = `${example("overlap")}\n`;
  const opened = openUnderChain(note, chain);
  assert.ok(opened.ok, opened.ok ? "" : opened.error);
  assert.equal(opened.value.size, 3);
  const parts = parseNote(note);
  const [old, fresh] = [parseVerifierKey(replaces), parseVerifierKey(key)];
  assert.ok(parts.ok && old.ok && fresh.ok);
  assert.deepEqual(
    parts.value.signatures.map(({ keyId }) => keyId),
    [old.value.keyId, fresh.value.keyId],
  );
});

test("keys.md: what is not a key, a purpose or a size is no event", () => {
  const body = asObject(JSON.parse(example("rotation")));
  assert.ok(body !== undefined);
  const refused = (type: string, change: { readonly [member: string]: string | number | null }): string => {
    const event = keyEventOf(type, { ...body, ...change }, 1);
    return event.ok ? "read" : event.error;
  };
  assert.equal(refused("key.rotated", {}), "read");
  assert.match(refused("key.rotated", { purpose: "witness" }), /purpose/);
  assert.match(refused("key.rotated", { key: "log.example/acme+00000000+AT1A" }), /the log's key/);
  const old = parseVerifierKey(String(body["replaces"]));
  assert.ok(old.ok);
  const witness = formatVerifierKey(verifierOf(old.value.name, old.value.publicKey, "cosignature/v1"));
  assert.match(refused("key.rotated", { key: witness }), /for cosignature.v1/, "line 11: a witness's key");
  assert.match(refused("key.rotated", { key: null }), /a key is needed/);
  assert.match(refused("key.rotated", { replaces: null }), /replaces/);
  assert.match(refused("key.rotated", { purpose: "attestation" }), /not an ECDSA P-256 key/);
  assert.match(refused("key.revoked", { fromSize: "3" }), /fromSize/);
  assert.match(refused("log.created", {}), /a key is needed/);
  assert.match(refused("source.gap", {}), /says nothing of keys/);
});
