import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readTrustedRoot } from "../index.ts";
import { testdata, type Loose } from "../test-support/cases.ts";

const bytes = readFileSync(join(testdata, "roots/production.json"));

function faultOf(change: (root: Loose) => void): string {
  const root: unknown = JSON.parse(bytes.toString());
  change(root);
  const read = readTrustedRoot(Buffer.from(JSON.stringify(root)));
  return read.ok ? "read" : read.error.at;
}

test("the published trusted root is read, and one without the beginning of a key's time is not", () => {
  assert.equal(
    faultOf(() => undefined),
    "read",
  );
  assert.equal(
    faultOf((root) => delete root.tlogs[0].publicKey.validFor.start),
    "tlogs[0].publicKey.validFor.start",
  );
  assert.equal(
    faultOf((root) => delete root.tlogs[0].publicKey.validFor),
    "tlogs[0].publicKey.validFor",
  );
  assert.equal(
    faultOf((root) => (root.tlogs[0].publicKey.validFor.start = null)),
    "tlogs[0].publicKey.validFor.start",
  );
  assert.equal(
    faultOf((root) => (root.certificateAuthorities[1].validFor.start = "soon")),
    "certificateAuthorities[1].validFor.start",
  );
  assert.equal(
    faultOf((root) => (root.certificateAuthorities[0].certChain.certificates = [])),
    "certificateAuthorities[0].certChain.certificates",
  );
  assert.equal(
    faultOf((root) => (root.mediaType = "application/json")),
    "mediaType",
  );
  assert.equal(
    faultOf((root) => (root.extra = [])),
    "extra",
  );
});

test("several roots in one file are no trusted root", () => {
  const read = readTrustedRoot(Buffer.concat([bytes, Buffer.from("\n"), bytes]));
  assert.ok(!read.ok);
  assert.match(read.error.why, /not JSON/);
});
