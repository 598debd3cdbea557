/** What the normative pages show is what the code does: their examples are run, and their commands are run. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import {
  canonicalJson,
  commitmentOf,
  digestOf,
  toHex,
  type Digest,
  type JsonObject,
} from "@countersign/kernel";
import {
  erasedLine,
  formatTlogProof,
  inclusionProof,
  leafHash,
  lineLeaf,
  ListSealer,
  MemoryTree,
  openCheckpoint,
  parseVerifierKey,
  publicKeyOf,
  signCheckpoint,
  tiledLogFiles,
  withheldLine,
} from "@countersign/ledger";
import { itemResultSalt, parseBlobIndex, parseManifest, parseStatement } from "@countersign/package-format";
import type { ItemLine } from "@countersign/records";
import { readRecord, refsIn } from "./record.ts";
import { makeKeys, tellStory } from "./testing/company.ts";
import { packed, type Files } from "./testing/pack.ts";
import { RotatingCompany } from "./testing/rotations.ts";

const docs = join(import.meta.dirname, "../../../docs");

function example(page: string, name: string): string {
  const text = readFileSync(join(docs, "formats", `${page}.md`), "utf8");
  const found = new RegExp(`\`\`\`\\w+ example=${name}\n([^]*?)\n\`\`\``).exec(text);
  assert.ok(found, `${page}.md has no example ${name}`);
  return found[1] ?? "";
}

test("record.md: the example is a record, of the size and with the leaf that the page says", () => {
  const record = Buffer.from(example("record", "record"));
  assert.equal(readRecord(record).ok, true);
  assert.ok(
    readFileSync(join(docs, "formats/record.md"), "utf8").includes(`one line of ${record.length} bytes`),
  );
  assert.equal(toHex(leafHash(record)), example("record", "record-leaf"));
});

test("population.md: the example list has the reference, the erased line and the salt that the page says", () => {
  const lines = example("population", "list").split("\n");
  const sealer = new ListSealer();
  for (const line of lines) sealer.add(line);
  assert.equal(canonicalJson(sealer.finish()), example("population", "list-ref"));
  assert.equal(erasedLine(lineLeaf(Buffer.from(lines[1] ?? ""))), example("population", "erased"));
  assert.equal(withheldLine(lineLeaf(Buffer.from(lines[1] ?? ""))), example("population", "withheld"));
  assert.equal(itemResultSalt(JSON.parse(lines[0] ?? "") as ItemLine), example("population", "result-salt"));
});

test("checkpoint.md: the example opens under its key, and the key of RFC 8032 signs it byte for byte", () => {
  const key = parseVerifierKey(example("checkpoint", "vkey"));
  assert.ok(key.ok);
  const note = `${example("checkpoint", "checkpoint")}\n`;
  const opened = openCheckpoint(note, key.value);
  assert.ok(opened.ok, opened.ok ? "" : opened.error);
  const seed =
    "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
  const pem = createPrivateKey({ key: Buffer.from(seed, "hex"), format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
  assert.deepEqual(publicKeyOf(pem), key.value.publicKey);
  assert.equal(signCheckpoint(opened.value, pem), note);
});

test("package.md: the examples of manifest, statement and blob index are read, and fit each other", () => {
  const manifest = example("package", "manifest");
  assert.equal(parseManifest(manifest).ok, true);
  const statement = parseStatement(example("package", "statement"));
  assert.ok(statement.ok, statement.ok ? "" : statement.error);
  assert.equal(statement.value.manifest, digestOf(manifest));
  const blobs = parseBlobIndex(example("package", "blobs"));
  assert.ok(blobs.ok, blobs.ok ? "" : blobs.error);
});

const tools = ["openssl version", "sha256sum --version", "python3 --version", "sh -c true"];
const missing = tools.find((tool) => spawnSync("sh", ["-c", tool]).status !== 0);
const version = spawnSync("openssl", ["version"], { encoding: "utf8" }).stdout ?? "";
const skip =
  missing === undefined && version.startsWith("OpenSSL 3") ? false : `needs ${missing ?? "OpenSSL 3"}`;

const folder = mkdtempSync(join(tmpdir(), "auditor-"));
after(() => rmSync(folder, { recursive: true }));
let unpacked = 0;

function unpack(files: Files): string {
  const root = join(folder, `package ${unpacked++}`);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  return root;
}

/** The commands of the page, those for a package and those for the log alone. */
function blocksOf(about: "package" | "log"): string[] {
  const page = readFileSync(join(docs, "for-auditors.md"), "utf8");
  const at = page.indexOf("## The log alone");
  const part = about === "package" ? page.slice(0, at) : page.slice(at);
  return [...part.matchAll(/^```sh\n([^]*?)^```$/gm)].map((match) => match[1] ?? "");
}

/** Every command for a package, in one shell that stops at the first failure. */
function runPage(root: string, environment: { readonly [name: string]: string } = {}) {
  const blocks = blocksOf("package");
  assert.equal(blocks.length, 5);
  return runBlocks(blocks, root, environment);
}

function runBlocks(
  blocks: readonly string[],
  root: string,
  environment: { readonly [name: string]: string },
) {
  const done = spawnSync("sh", ["-eu", "-c", blocks.join("\n")], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, TMPDIR: folder, ...environment },
  });
  return { status: done.status, out: done.stdout + done.stderr };
}

test(
  "record.md: public tools open the example's commitment, and a reader tells it from a plain digest",
  { skip },
  () => {
    const ref = JSON.parse(example("record", "salted-ref")) as { digest: Digest; size: number };
    const salt = example("record", "salt");
    const file = `${example("record", "salted-file")}\n`;
    assert.equal(commitmentOf(file, salt), ref.digest);
    assert.equal(Buffer.byteLength(file), ref.size);
    assert.deepEqual(
      refsIn({ files: [ref as unknown as JsonObject] }).map((found) => found.salted),
      [true],
    );
    const path = join(folder, "salted");
    writeFileSync(path, file);
    const { stdout } = spawnSync("sh", ["-c", example("record", "open-commitment")], {
      encoding: "utf8",
      env: { ...process.env, SALT: salt, FILE: path },
    });
    assert.equal(`sha256:${stdout.slice(0, 64)}`, ref.digest);
  },
);

const keys = makeKeys();
const story = tellStory("acme", keys);
const files = packed(story, { partMax: 3000 });

test(
  "for-auditors.md: its commands find nothing wrong with a package, and print what to compare",
  { skip },
  () => {
    const older = join(folder, "older");
    writeFileSync(older, story.company.checkpoint(4));
    const { status, out } = runPage(unpack(files), { OLDER: older });
    assert.equal(status, 0, out);
    assert.match(out, /files: 26 as listed/);
    assert.match(out, /Verified OK/);
    assert.match(out, /Signature Verified Successfully/);
    assert.match(out, /attestation key: [0-9a-f]{16}\n/);
    assert.match(out, /log key: [0-9a-f]{16} signed ledger\/checkpoint/);
    assert.match(out, /records: 10, as in the checkpoint/);
    assert.match(out, /lists: 7 as their records name them, 0 withheld or erased/);
  },
);

test(
  "for-auditors.md: its commands follow the handovers of a rotated log, and stop at a forged one",
  { skip },
  () => {
    const company = new RotatingCompany(keys);
    const old = company.logPems[0] ?? "";
    const [oldAttestation, fresh] = [company.attestationPem, company.rotateLog()];
    const handover = company.checkpoint([old, fresh]);
    company.rotateAttestation();
    company.retireLog(old);
    const whole = runPage(unpack(company.pack([handover])));
    assert.equal(whole.status, 0, whole.out);
    assert.match(whole.out, /log key: [0-9a-f]{16} signed ledger\/handover-1\n/);
    assert.match(whole.out, /log key: [0-9a-f]{16} signed ledger\/checkpoint\n/);
    const before = runPage(unpack(company.pack([handover], undefined, undefined, oldAttestation)));
    assert.equal(before.status, 0, "in the overlap either attestation key may sign");
    company.end("key.revoked", oldAttestation, 3);
    company.grow();
    const revoked = runPage(unpack(company.pack([handover], undefined, undefined, oldAttestation)));
    assert.notEqual(revoked.status, 0);
    assert.match(runPage(unpack(company.pack([handover]))).out, /revoked: .*"fromSize":3,/);
    for (const forged of [
      company.checkpoint([fresh]),
      company.checkpoint([old]),
      company.checkpoint([old], 5),
    ])
      assert.notEqual(runPage(unpack(company.pack([forged]))).status, 0);
    const missing = runPage(unpack(company.pack([])));
    assert.notEqual(missing.status, 0);
    const elsewhere = new RotatingCompany(keys);
    elsewhere.grow(3);
    const other = runPage(unpack(company.pack([elsewhere.checkpoint([old, fresh], 12)])));
    assert.match(other.out, /handover-1: the first 12 of \d+ records have another root/);
  },
);

test("for-auditors.md: its commands stop at whatever does not fit", { skip }, () => {
  const other = packed(tellStory("acme"), { partMax: 3000 });
  const bent = (change: (copy: Files) => void): Files => {
    const copy = new Map(files);
    change(copy);
    return copy;
  };
  const page = Buffer.from("changed");
  const cases: readonly (readonly [string, Files, RegExp])[] = [
    ["a changed file", bent((copy) => copy.set("index.html", page)), /index\.html: FAILED/],
    ["a missing file", bent((copy) => copy.delete("index.html")), /index\.html/],
    ["an extra file", bent((copy) => copy.set("extra.txt", page)), /> extra\.txt/],
    [
      "another's signature",
      bent((copy) => copy.set("manifest.dsse.json", other.get("manifest.dsse.json") ?? page)),
      /Verification failure/,
    ],
    [
      "another's manifest and files, our signature",
      bent((copy) => {
        for (const [path, bytes] of other)
          if (path !== "manifest.dsse.json" && path !== "attestation.pub.pem") copy.set(path, bytes);
        copy.set("attestation.pub.pem", other.get("attestation.pub.pem") ?? page);
      }),
      /Verification failure/,
    ],
  ];
  for (const [what, changed, word] of cases) {
    const { status, out } = runPage(unpack(changed));
    assert.notEqual(status, 0, what);
    assert.match(out, word, what);
  }
});

test(
  "for-auditors.md: an insider's re-signed package passes alone, and not beside an older checkpoint",
  { skip },
  () => {
    const rewritten = tellStory("acme", keys);
    rewritten.company.records = rewritten.company.records.filter(
      (each) => !each.includes('"type":"population.frozen"'),
    );
    const root = unpack(packed(rewritten));
    assert.equal(runPage(root).status, 0);
    const older = join(folder, "older checkpoint");
    writeFileSync(older, story.company.checkpoint(6));
    const { status, out } = runPage(root, { OLDER: older });
    assert.notEqual(status, 0);
    assert.match(out, /the first 6 of 9 records have another root/);
  },
);

test("for-auditors.md: its commands stop at a list that its record does not name", { skip }, () => {
  const root = unpack(files);
  // As after a manifest that was signed anew: only the lists' own step is run.
  const blocks = blocksOf("package").slice(4);
  assert.equal(runBlocks(blocks, root, {}).status, 0);
  const items = join(root, "data/populations/git-main-v1/items-00001.ndjson");
  const bytes = readFileSync(items);
  bytes[100]! ^= 1;
  writeFileSync(items, bytes);
  const { status, out } = runBlocks(blocks, root, {});
  assert.notEqual(status, 0);
  assert.match(out, /items-\d+\.ndjson: another list than its record names/);
});

/** 300 records: two bundles, so that a path of the layout with a width is read too. */
function exportedLog(): {
  readonly folder: string;
  readonly records: readonly string[];
  readonly key: string;
} {
  const { company } = tellStory("acme", keys);
  while (company.records.length < 300) company.add("thing.else", { i: company.records.length });
  const tree = new MemoryTree();
  for (const record of company.records) tree.append(leafHash(Buffer.from(record)));
  const checkpoint = company.checkpoint();
  const entry = (index: number): Uint8Array => Buffer.from(company.records[index] ?? "");
  const log: Files = new Map();
  for (const { path, bytes } of tiledLogFiles(300, checkpoint, { hash: tree.read, entry }))
    log.set(path, Buffer.from(bytes()));
  for (const index of [0, 255, 299]) {
    const path = inclusionProof(index, 300, tree.read);
    const extra = Buffer.from(`${company.logKey}\n`);
    log.set(`${index}.tlog-proof`, Buffer.from(formatTlogProof({ index, path, checkpoint, extra })));
    log.set(`${index}.json`, Buffer.from(entry(index)));
  }
  return { folder: unpack(log), records: company.records, key: company.logKey };
}

test(
  "for-auditors.md: its commands prove an exported log and single records, and stop at what was changed",
  { skip },
  () => {
    const [both = "", whole = "", one = "", ...more] = blocksOf("log");
    assert.equal(more.length, 0);
    const { folder: root, key } = exportedLog();
    const proofOf = (index: number, record = index) => ({
      KEY: key,
      PROOF: `${index}.tlog-proof`,
      RECORD: `${record}.json`,
    });
    const log = runBlocks([both, whole], root, { KEY: key });
    assert.equal(log.status, 0, log.out);
    assert.match(log.out, /log: 300 records, as in the checkpoint\n[^]*Signature Verified Successfully/);
    for (const index of [0, 255, 299]) {
      const record = runBlocks([both, one], root, proofOf(index));
      assert.equal(record.status, 0, record.out);
      assert.match(
        record.out,
        new RegExp(`record: index ${index} of 300[^]*Signature Verified Successfully`),
      );
    }
    const wrong = runBlocks([both, one], root, proofOf(0, 255));
    assert.match(wrong.out, /not the record at index 0/);
    assert.notEqual(wrong.status, 0);
    const thief = tellStory("acme").company.logKey;
    for (const block of [whole, one])
      assert.match(
        runBlocks([both, block], root, { ...proofOf(0), KEY: thief }).out,
        /not signed with this key/,
      );
    const forged = `${key.slice(0, key.lastIndexOf("+") + 1)}${thief.slice(thief.lastIndexOf("+") + 1)}`;
    assert.notEqual(runBlocks([both, whole], root, { KEY: forged }).status, 0, "the id alone is no key");
    const bundle = join(root, "tile/entries/001.p/44");
    const bytes = readFileSync(bundle);
    bytes[300]! ^= 1;
    writeFileSync(bundle, bytes);
    assert.match(runBlocks([both, whole], root, { KEY: key }).out, /another root than the checkpoint's 300/);
  },
);
