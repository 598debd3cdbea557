import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, digestOf, type Digest, type Instant, type LocalDate } from "@countersign/kernel";
import { BlobPlaces, parseBlobIndex } from "./blob-index.ts";
import { ManifestBuilder, parseManifest } from "./manifest.ts";
import { formatPackageIndex, parsePackageIndex, type PackageIndex } from "./package-index.ts";
import { formatStatement, parseStatement, type PackagePredicate } from "./statement.ts";

const a = digestOf("a");
const b = digestOf("b");
const [first, second] = [a, b].toSorted() as [Digest, Digest];

test("a manifest lists its files in the order of their bytes and reads back", () => {
  const builder = new ManifestBuilder();
  for (const path of ["index.html", "data/b", "data/B2", "data/a"]) builder.add(path, path);
  const text = builder.finish();
  const read = parseManifest(text);
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.files.map((file) => file.path),
    ["data/B2", "data/a", "data/b", "index.html"],
  );
  assert.deepEqual(read.value.files[1], { digest: digestOf("data/a"), path: "data/a", size: 6 });
});

test("a writer cannot list a file twice, in two spellings, outside the folder, or the manifest itself", () => {
  const builder = new ManifestBuilder();
  builder.add("data/a", "");
  for (const path of ["data/a", "data/A", "../a", "manifest.json", "manifest.dsse.json"])
    assert.throws(() => builder.add(path, ""), TypeError, path);
});

test("a manifest that is out of order, doubled, open or not canonical is refused", () => {
  const file = (path: string) => ({ digest: a, path, size: 1 });
  const manifest = (...files: unknown[]) => canonicalJson({ files, format: "countersign-manifest-1" });
  assert.equal(parseManifest(manifest(file("a"), file("b"))).ok, true);
  for (const text of [
    manifest(file("b"), file("a")),
    manifest(file("a"), file("a")),
    manifest(file("A"), file("a")),
    manifest(file("manifest.json")),
    manifest({ ...file("a"), mode: 1 }),
    manifest({ ...file("a"), size: -1 }),
    manifest({ ...file("a"), size: 1.5 }),
    manifest({ ...file("a"), digest: "sha256:00" }),
    manifest({ digest: a, path: "a" }),
    canonicalJson({ files: [], format: "countersign-manifest-2" }),
    canonicalJson({ files: [], format: "countersign-manifest-1", more: 1 }),
    ` ${manifest()}`,
    "null",
    "[]",
  ])
    assert.equal(parseManifest(text).ok, false, text);
});

test("a blob has one place, and the index reads back", () => {
  const places = new BlobPlaces();
  places.place({ digest: second, size: 3, parts: ["data/x"] });
  places.withhold(first, "names a customer");
  assert.throws(() => places.place({ digest: first, size: 1, parts: ["data/y"] }), TypeError);
  assert.deepEqual([places.partsOf(second), places.partsOf(first)], [["data/x"], []]);
  assert.throws(() => places.partsOf(digestOf("c")), TypeError);
  const text = places.finish();
  assert.deepEqual(parseBlobIndex(text), {
    ok: true,
    value: {
      blobs: [
        { digest: first, withheld: "names a customer" },
        { digest: second, parts: ["data/x"], size: 3 },
      ],
    },
  });
});

test("a blob index with two places for one blob, shared parts or mixed entries is refused", () => {
  const index = (...blobs: unknown[]) => canonicalJson({ blobs });
  const present = (digest: Digest, ...parts: string[]) => ({ digest, parts, size: 1 });
  for (const text of [
    index(present(first, "x"), present(first, "y")),
    index(present(second, "x"), present(first, "y")),
    index(present(first, "x"), present(second, "x")),
    index(present(first)),
    index({ ...present(first, "x"), withheld: "why" }),
    index({ digest: first, withheld: "" }),
    index({ digest: first }),
    index({ ...present(first, "x"), erasedLines: -1 }),
  ])
    assert.equal(parseBlobIndex(text).ok, false, text);
  assert.equal(parseBlobIndex(index({ ...present(first, "x"), erasedLines: 2 })).ok, true);
});

const window = { from: "2025-07-01" as LocalDate, through: "2026-06-30" as LocalDate, zone: "UTC" };

test("a statement names one manifest and reads back; any other is refused", () => {
  const predicate: PackagePredicate = {
    organization: { id: "org", name: "Example" },
    sampleData: true,
    window,
    checkpoint: { origin: "example.com/log", size: 3, root: "x" },
    logKey: "example.com/log+00000000+AQ==",
    createdAt: "2026-07-02T00:00:00Z" as Instant,
    generator: "countersign 0.1.0",
    run: "r1",
  };
  const text = formatStatement("{}", predicate);
  assert.deepEqual(parseStatement(text), { ok: true, value: { manifest: digestOf("{}"), predicate } });
  const statement = JSON.parse(text) as { subject: unknown[]; [member: string]: unknown };
  for (const changed of [
    { ...statement, subject: [] },
    { ...statement, subject: [...statement.subject, ...statement.subject] },
    { ...statement, predicateType: "urn:other" },
    { ...statement, predicate: { ...predicate, createdAt: "2026-07-02" } },
    { ...statement, predicate: { ...predicate, window: { ...window, from: "2025-02-30" } } },
  ])
    assert.equal(parseStatement(canonicalJson(changed)).ok, false);
});

test("a package index reads back closed", () => {
  const index: PackageIndex = {
    format: "countersign-package-1",
    name: "example-2026",
    organization: { id: "org", name: "Example" },
    sampleData: false,
    window,
    run: "r1",
    program: ["data/program.json"],
    summary: ["data/summary.json"],
    results: [],
    populations: [
      {
        record: "p1",
        population: "change",
        kind: "change",
        version: 1,
        header: "data/populations/change-v1/header.json",
        items: ["data/populations/change-v1/items-00000.ndjson"],
        exclusions: [],
        raw: [{ name: "log", paths: [] }],
      },
    ],
    reconciliations: [],
    directory: [],
    evidence: [],
    draws: ["d1"],
    blobs: "data/blobs.json",
  };
  const text = formatPackageIndex(index);
  assert.deepEqual(parsePackageIndex(text), { ok: true, value: index });
  assert.equal(parsePackageIndex(text.replace("data/program.json", "../program.json")).ok, false);
  assert.equal(parsePackageIndex(canonicalJson({ ...index, more: [] })).ok, false);
});
