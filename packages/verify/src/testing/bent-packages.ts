/** Packages of every kind that verification tells apart, as zips: for comparing one way to run it with another. */
import { writeZip } from "@countersign/package-format/testing";
import type { VerifyOptions } from "../verify-package.ts";
import { makeKeys, tellStory, withErasedLine } from "./company.ts";
import { contentsOf, packed, seal, zipOf, type Files } from "./pack.ts";

export type BentPackage = {
  readonly name: string;
  readonly zip: Buffer;
  readonly options: Omit<VerifyOptions, "progress">;
};

export function* bentPackages(): Generator<BentPackage> {
  const keys = makeKeys();
  const story = tellStory("acme", keys);
  const { company } = story;
  const original = packed(story, { partMax: 3000 });
  const options = { since: [{ name: "older", note: company.checkpoint(5) }], logKey: company.logKey };
  const bent = (name: string, change: (files: Files) => void, signed = false): BentPackage => {
    const files = signed ? contentsOf(story, { partMax: 3000 }) : new Map(original);
    change(files);
    return { name, zip: zipOf(signed ? seal(story, files) : files), options };
  };
  yield bent("untouched", () => undefined);
  yield* brought(zipOf(original), company.checkpoint(9), tellStory("other").company.checkpoint());
  for (const path of original.keys()) {
    yield bent(`without ${path}`, (files) => files.delete(path));
    const bytes = original.get(path) ?? Buffer.alloc(0);
    for (const [i, [what, next]] of [...spoilt(bytes)].entries()) {
      // By turns: changed only, and signed again. The manifest is made anew by whoever signs.
      const signed = i % 2 === 1 && !path.startsWith("manifest.");
      yield bent(
        `${path} ${what}${signed ? ", signed again" : ""}`,
        (files) => files.set(path, next),
        signed,
      );
    }
  }
  const other = packed(tellStory("other"), { partMax: 3000 });
  yield bent("another's ledger", (files) => {
    for (const [path, bytes] of other) if (path.startsWith("ledger/")) files.set(path, bytes);
  });
  const [raw] = story.population.body.raw;
  const { digest } = story.population.body.items;
  const lines = withErasedLine(company.blobs.get(digest) ?? Buffer.alloc(0), 4);
  const erasedLines = new Map([[digest, { bytes: lines, count: 1 }]]);
  yield { name: "an erased line", zip: zipOf(packed(story, { erasedLines })), options };
  if (raw === undefined) return;
  const withheld = new Map([[raw.digest, "it names a customer"]]);
  yield { name: "withheld", zip: zipOf(packed(story, { withheld })), options };
  yield* zips(original, options);
}

function* brought(zip: Buffer, newer: string, others: string): Generator<BentPackage> {
  yield {
    name: "a fork",
    zip,
    options: { since: [{ name: "newer", note: newer.replace("\n9\n", "\n8\n") }] },
  };
  yield { name: "another log's checkpoint", zip, options: { since: [{ name: "theirs", note: others }] } };
  yield { name: "no fingerprint", zip, options: { logKey: "0123" } };
  yield {
    name: "other fingerprints",
    zip,
    options: { logKey: "0".repeat(16), attestationKey: "f".repeat(64) },
  };
}

/** What can happen to the bytes of a file, text or not. */
function* spoilt(bytes: Buffer): Generator<readonly [string, Buffer]> {
  for (const at of [bytes.length >> 1, bytes.length - 1]) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    yield [`flipped at ${at}`, flipped];
  }
  const notText = Buffer.from(bytes);
  notText[bytes.length >> 1] = 0xff;
  yield ["not UTF-8", notText];
  yield ["cut", bytes.subarray(0, bytes.length >> 1)];
  yield ["empty", Buffer.alloc(0)];
}

/** Bytes of the zip itself: headers, compressed data, checksums, the directory. */
function* zips(files: Files, options: BentPackage["options"]): Generator<BentPackage> {
  const zip = zipOf(files);
  for (let at = 0; at < zip.length; at += 1_013) {
    const flipped = Buffer.from(zip);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    yield { name: `zip flipped at ${at}`, zip: flipped, options };
  }
  for (let length = 0; length < zip.length; length += 4_001)
    yield { name: `zip cut at ${length}`, zip: zip.subarray(0, length), options };
  const entries = [...files].map(([path, bytes]) => ({ path, bytes }));
  for (const path of ["../evil", "/abs", "INDEX.html", "index.html", "a\\b", "con", "x/../y"])
    yield {
      name: `zip with ${path}`,
      zip: writeZip([...entries, { path, bytes: Buffer.from("x") }]),
      options,
    };
}
