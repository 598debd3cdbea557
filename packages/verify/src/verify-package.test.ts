import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, digestOf, type Digest } from "@countersign/kernel";
import { sourceOf, writeZip } from "@countersign/package-format/testing";
import { makeKeys, tellStory, withErasedLine, withWithheldLines, type Company } from "./testing/company.ts";
import { changed, codes, faultsOf, names, resealed } from "./testing/faults.ts";
import { contentsOf, packed, seal, sourceFor, zipOf, type Files } from "./testing/pack.ts";
import { verifyPackage } from "./verify-package.ts";

const story = tellStory();
const { company, population } = story;
const original = packed(story, { partMax: 3000 });
const other = packed(tellStory("other"), { partMax: 3000 });

const ITEMS = "data/populations/git-main-v1/items-00001.ndjson";
const RAW = "data/populations/git-main-v1/raw/000-log.txt";

test("an untouched package is intact, and says what that shows and what not", () => {
  const verdict = verifyPackage(sourceFor(original));
  assert.deepEqual(verdict.faults, []);
  assert.equal(verdict.intact, true);
  assert.equal(verdict.facts.items, 40);
  assert.equal(verdict.facts.results, 4);
  assert.equal(verdict.facts.records, company.records.length);
  assert.ok(verdict.shows.length >= 3);
  assert.match(verdict.doesNotShow.join("\n"), /someone inside who holds the keys can rewrite and re-sign/);
  assert.match(verdict.doesNotShow.join("\n"), /sample data/);
});

test("one changed byte in any file is found, and the file is named", () => {
  for (const path of original.keys()) {
    const bytes = original.get(path) ?? Buffer.alloc(0);
    if (bytes.length === 0) continue;
    for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
      const bent = Buffer.from(bytes);
      bent[at] = (bent[at] ?? 0) ^ 1;
      const faults = faultsOf(changed(original, (files) => files.set(path, bent)));
      assert.ok(
        faults.some((fault) => fault.where.startsWith(path)),
        `${path} byte ${at}: ${JSON.stringify(faults)}`,
      );
    }
  }
});

test("a missing file is named, whichever it is", () => {
  for (const path of original.keys()) {
    const faults = faultsOf(changed(original, (files) => files.delete(path)));
    names(faults, "file-missing", path);
  }
});

test("a file that was added is named, even where a list would take it in", () => {
  for (const path of [
    "extra.txt",
    "ledger/records-00009.ndjson",
    "data/populations/git-main-v1/items-00099.ndjson",
  ])
    assert.deepEqual(
      codes(faultsOf(changed(original, (files) => files.set(path, Buffer.from("{}\n"))))),
      "file-extra",
    );
});

test("lines that are dropped, doubled or reordered are found even when the manifest is made to fit", () => {
  const lines = (original.get(ITEMS) ?? Buffer.alloc(0)).toString().trimEnd().split("\n");
  const put = (next: readonly string[]) =>
    faultsOf(
      resealed(story, (files) => files.set(ITEMS, Buffer.from(next.map((line) => `${line}\n`).join("")))),
    );
  const dropped = put(lines.slice(1));
  names(dropped, "list-count", /items-00000/);
  names(dropped, "list-root", /items-00000/);
  const doubled = put([lines[0] ?? "", ...lines]);
  names(doubled, "list-order", `${ITEMS} line 2`);
  const [first = "", second = "", ...rest] = lines;
  const reordered = put([second, first, ...rest]);
  names(reordered, "list-order", `${ITEMS} line 2`);
  names(reordered, "list-root", /items-00000/);
});

test("raw bytes and evidence that were edited are found when the manifest is made to fit", () => {
  const evidence = [...original.keys()].find((path) => path.startsWith("evidence/")) ?? "";
  for (const path of [RAW, evidence, "data/program.json"]) {
    const edit = (files: Files) => {
      const bytes = Buffer.from(files.get(path) ?? "");
      bytes[3] = (bytes[3] ?? 0) ^ 1;
      files.set(path, bytes);
    };
    assert.deepEqual(
      faultsOf(resealed(story, edit)).map(({ code, where }) => [code, where]),
      [["blob-digest", path]],
    );
  }
  const longer = faultsOf(
    resealed(story, (files) => files.set(evidence, Buffer.from("minutes of acme, and more"))),
  );
  assert.equal(codes(longer), "blob-digest blob-digest");
});

test("files swapped with another company's are named, one by one and all at once", () => {
  for (const [path, bytes] of original) {
    const theirs = other.get(path);
    if (theirs === undefined || theirs.equals(bytes)) continue;
    const faults = faultsOf(changed(original, (files) => files.set(path, theirs)));
    assert.ok(faults.length > 0, path);
  }
  const ledger = faultsOf(
    changed(original, (files) => {
      for (const [path, bytes] of other) if (path.startsWith("ledger/")) files.set(path, bytes);
    }),
  );
  names(ledger, "statement", "manifest.dsse.json");
  const resigned = faultsOf(
    resealed(story, (files) => {
      for (const [path, bytes] of other) if (path.startsWith("ledger/")) files.set(path, bytes);
    }),
  );
  names(resigned, "attestation-key", "attestation.pub.pem");
  names(resigned, "blob-missing", /^sha256:/);
});

test("a manifest that somebody else signed is refused, with or without his key in the package", () => {
  const thief = makeKeys();
  const contents = contentsOf(story);
  const wrong = faultsOf(seal(story, contents, { attestationPem: thief.attestationPem }));
  assert.equal(codes(wrong), "manifest-signature");
  const theirs = packed(tellStory("acme", { ...company.keys, attestationPem: thief.attestationPem }));
  const key = theirs.get("attestation.pub.pem") ?? Buffer.alloc(0);
  contents.set("attestation.pub.pem", key);
  const replaced = faultsOf(seal(story, contents, { attestationPem: thief.attestationPem }));
  assert.deepEqual(
    replaced.map(({ code, where }) => [code, where]),
    [["attestation-key", "attestation.pub.pem"]],
  );
});

test("a signed statement that speaks of another checkpoint, run, window or company is refused", () => {
  const contents = contentsOf(story);
  const root = Buffer.alloc(32).toString("base64");
  for (const predicate of [
    { checkpoint: { origin: company.origin, size: 3, root } },
    { run: population.record },
    { organization: { id: "other", name: "Other" } },
    { organization: { id: "acme", name: "Another name" } },
    { sampleData: false },
    { logKey: tellStory("other").company.logKey },
  ])
    assert.notDeepEqual(faultsOf(seal(story, contents, { predicate })), [], JSON.stringify(predicate));
});

test("a package cut short at any of many places is refused", () => {
  const zip = zipOf(original);
  for (let length = 0; length < zip.length; length += 997)
    assert.equal(verifyPackage(sourceOf(zip.subarray(0, length))).intact, false, String(length));
  assert.equal(verifyPackage(sourceOf(Buffer.concat([zip, Buffer.from("\n")]))).intact, false);
});

test("it goes on after the first fault", () => {
  const faults = faultsOf(
    changed(original, (files) => {
      files.set("index.html", Buffer.from("changed"));
      files.delete(RAW);
      files.set(ITEMS, Buffer.from("{}\n"));
      files.set("data/summary.json", Buffer.from("{}"));
    }),
  );
  names(faults, "file-digest", "index.html");
  names(faults, "file-missing", RAW);
  names(faults, "list-line", `${ITEMS} line 1`);
  names(faults, "file-digest", "data/summary.json");
});

test("withheld and erased blobs are not missing; a blob that is simply left out is", () => {
  const [raw] = population.body.raw;
  assert.ok(raw);
  const withheld = verifyPackage(
    sourceFor(packed(story, { withheld: new Map([[raw.digest, "names a customer"]]) })),
  );
  assert.deepEqual(withheld.faults, []);
  assert.equal(withheld.facts.withheld, 1);
  assert.match(withheld.doesNotShow.join("\n"), /1 withheld/);
  const after = tellStory("acme", company.keys, {
    more: (its) => void recordErasure(its, { files: [raw.digest] }),
  });
  const record = after.company.records.findIndex((line) => line.includes("data.erased"));
  const by = (id: string) => packed(after, { erased: new Map([[raw.digest, id]]) });
  const erased = verifyPackage(sourceFor(by(`rec_acme_${record}`)));
  assert.deepEqual(erased.faults, []);
  assert.equal(erased.facts.erased, 1);
  for (const other of ["rec_nobody", after.draw]) names(faultsOf(by(other)), "blob-erasure", raw.digest);
  names(faultsOf(packed(after)), "blob-erasure", RAW);
  const left = faultsOf(
    resealed(story, (files) => {
      files.delete(RAW);
      dropBlob(files, raw.digest);
      const index = files.get("data/package.json")?.toString().replace(`"${RAW}"`, "") ?? "";
      files.set("data/package.json", Buffer.from(index));
    }),
  );
  assert.equal(codes(left), "blob-missing");
  names(left, "blob-missing", raw.digest);
});

function recordErasure(
  its: Company,
  what: { readonly files?: readonly Digest[]; readonly lines?: readonly { list: Digest; leaf: string }[] },
): void {
  its.add("data.erased", {
    erasure: "ers_1",
    of: { kind: "file" },
    reason: "asked for",
    person: "p_1",
    approver: "p_2",
    files: what.files ?? [],
    copies: [],
    lines: what.lines ?? [],
    found: [],
  });
}

function dropBlob(files: Files, digest: Digest): void {
  const index = JSON.parse(files.get("data/blobs.json")?.toString() ?? "") as { blobs: { digest: string }[] };
  const blobs = index.blobs.filter((blob) => blob.digest !== digest);
  files.set("data/blobs.json", Buffer.from(canonicalJson({ blobs })));
}

test("a commitment is opened by its own salt and no other, and is never taken for a plain digest", () => {
  const [raw] = population.body.raw;
  assert.ok(raw);
  const salt = company.salts.get(raw.digest) ?? "";
  const bend = (from: string, to: string) =>
    faultsOf(
      resealed(story, (files) => {
        const text = files.get("data/blobs.json")?.toString() ?? "";
        assert.ok(text.includes(from), from);
        files.set("data/blobs.json", Buffer.from(text.replace(from, to)));
      }),
    );
  assert.equal(
    codes(
      bend(
        salt,
        salt.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
      ),
    ),
    "blob-digest",
  );
  assert.equal(codes(bend(`,"salt":"${salt}"`, "")), "blob-salt blob-digest");
  names(bend(salt, salt.slice(1)), "blob-index", "data/blobs.json");
  const { program } = JSON.parse(company.records[1] ?? "").body as { program: { digest: Digest } };
  const plain = `"digest":"${program.digest}","parts":["data/program.json"],`;
  assert.equal(codes(bend(plain, `${plain}"salt":"${salt}",`)), "blob-salt blob-digest");
  // With the salt as the file's own first bytes the plain digest is the recorded one, and still it is no plain digest.
  const shifted = faultsOf(
    resealed(story, (files) => {
      files.set(RAW, Buffer.concat([Buffer.from(salt), files.get(RAW) ?? Buffer.alloc(0)]));
      const text = files.get("data/blobs.json")?.toString() ?? "";
      files.set("data/blobs.json", Buffer.from(text.replace(`,"salt":"${salt}"`, "")));
    }),
  );
  assert.equal(codes(shifted), "blob-salt blob-digest");
});

test("a list with erased lines keeps its root; lines that are erased unsaid are named", () => {
  const { digest } = population.body.items;
  const bytes = withErasedLine(company.blobs.get(digest) ?? Buffer.alloc(0), 4);
  const leaf = bytes.toString().split("\n")[4]?.slice(11, 75) ?? "";
  const after = (lines: readonly { list: Digest; leaf: string }[]) =>
    tellStory("acme", company.keys, { more: (its) => void recordErasure(its, { lines }) });
  const named = after([{ list: digest, leaf }]);
  const erasedLines = new Map([[digest, { bytes, count: 1 }]]);
  const erased = verifyPackage(sourceFor(packed(named, { erasedLines })));
  assert.deepEqual(erased.faults, []);
  assert.equal(erased.facts.erasedLines, 1);
  const miscounted = faultsOf(packed(named, { erasedLines: new Map([[digest, { bytes, count: 2 }]]) }));
  assert.equal(codes(miscounted), "blob-erasure");
  // Without a record that names this line of this list, erasing it is a way to hide it.
  for (const lines of [
    [],
    [{ list: digest, leaf: "0".repeat(64) }],
    [{ list: company.list([]).digest, leaf }],
  ])
    names(faultsOf(packed(after(lines), { erasedLines })), "blob-erasure", /items-00000.ndjson line 5$/);
  const unsaid = faultsOf(
    resealed(story, (files) => files.set(ITEMS, withErasedLine(files.get(ITEMS) ?? Buffer.alloc(0), 2))),
  );
  names(unsaid, "blob-digest", /items-00000/);
  const raw = population.body.raw[0]?.digest ?? digestOf("");
  const notAList = faultsOf(
    packed(story, { erasedLines: new Map([[raw, { bytes: Buffer.from("x"), count: 1 }]]) }),
  );
  names(notAList, "blob-erasure", RAW);
});

test("withheld lines keep root and count, and are counted apart from erased ones", () => {
  const { digest } = population.body.items;
  const bytes = withWithheldLines(company.blobs.get(digest) ?? Buffer.alloc(0), () => true);
  const withheldLines = (count: number) =>
    packed(story, { withheldLines: new Map([[digest, { bytes, count, reason: "items are not shown" }]]) });
  const verdict = verifyPackage(sourceFor(withheldLines(40)));
  assert.deepEqual(verdict.faults, []);
  assert.deepEqual([verdict.facts.withheldLines, verdict.facts.erasedLines], [40, 0]);
  assert.match(verdict.doesNotShow.join("\n"), /40 withheld lines/);
  names(faultsOf(withheldLines(39)), "blob-erasure", /items-00000/);
  // One leaf told otherwise is another list.
  const bent = Buffer.from(
    bytes.toString().replace(/"withheld":"./, (text) => text.replace(/.$/, (d) => (d === "0" ? "1" : "0"))),
  );
  const other = packed(story, {
    withheldLines: new Map([[digest, { bytes: bent, count: 40, reason: "items are not shown" }]]),
  });
  names(faultsOf(other), "list-root", /items-00000/);
});

test("what data/package.json says is held against the records, when the manifest fits", () => {
  const header = "data/populations/git-main-v1/header.json";
  const bend = (from: string, to: string) =>
    faultsOf(
      resealed(story, (files) => {
        const text = files.get("data/package.json")?.toString() ?? "";
        assert.ok(text.includes(from), from);
        files.set("data/package.json", Buffer.from(text.replace(from, to)));
      }),
    );
  names(bend(`"${ITEMS}"`, '"index.html"'), "package-index", /populations\[0\]\.items/);
  names(bend('"data/summary.json"', '"data/program.json"'), "package-index", /summary/);
  names(bend(story.draw, story.run.record), "package-index", /draws\[0\]/);
  names(
    bend('"name":"Minutes Q1.txt"', '"name":"Minutes Q2.txt"'),
    "package-index",
    /evidence\[0\]\.files\[0\]/,
  );
  names(bend('"kind":"change"', '"kind":"deploy"'), "package-index", /populations\[0\]\.kind/);
  names(bend(`"${header}"`, '"index.html"'), "population-header", "index.html");
  names(
    bend('"reconciliation":"rcn_1"', '"reconciliation":"rcn_2"'),
    "package-index",
    /reconciliations\[0\]/,
  );
  names(bend('"from":"2026-01-01"', '"from":"2026-01-02"'), "package-index", /window/);
  const otherHeader = faultsOf(
    resealed(story, (files) =>
      files.set(header, Buffer.from(files.get(header)?.toString().replace("git log", "git lob") ?? "")),
    ),
  );
  assert.deepEqual(
    otherHeader.map(({ code, where }) => [code, where]),
    [["population-header", header]],
  );
});

test("zip tricks are refused around a good package", () => {
  const files = [...original].map(([path, bytes]) => ({ path, bytes }));
  const intact = (more: Parameters<typeof writeZip>[0]) =>
    verifyPackage(sourceOf(writeZip([...files, ...more]))).intact;
  assert.equal(intact([]), true);
  assert.equal(intact([{ path: "index.html", bytes: Buffer.from("another") }]), false);
  assert.equal(intact([{ path: "INDEX.html", bytes: Buffer.from("another") }]), false);
  assert.equal(intact([{ path: "../evil", bytes: Buffer.from("x") }]), false);
  assert.equal(
    intact([
      {
        path: "link",
        bytes: Buffer.from("/etc/passwd"),
        bend: (p) => void p.central.writeUInt32LE((0o120777 << 16) >>> 0, 38),
      },
    ]),
    false,
  );
  const junk = Buffer.concat([Buffer.from("#!/bin/sh\n"), zipOf(original)]);
  assert.equal(verifyPackage(sourceOf(junk)).intact, false);
});

test("many faults of one kind are counted, not all listed", () => {
  const list = company.list(Array.from({ length: 300 }, () => "{}"));
  const swollen = tellStory("acme", company.keys);
  swollen.company.blobs.set(list.digest, company.blobs.get(list.digest) ?? Buffer.alloc(0));
  swollen.company.add("thing.else", { list }, [list.digest]);
  const { faults } = verifyPackage(sourceFor(packed(swollen)));
  assert.equal(faults.length, 101);
  assert.equal(faults.at(-1)?.message, "and 200 more of this kind");
});
