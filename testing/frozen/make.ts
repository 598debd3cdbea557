/**
 * Freezes what this version writes, for every later one to verify: `node testing/frozen/make.ts FOLDER`. A small invented
 * company is collected, assessed, drawn from and packed by the real command. The folder then holds its package, its log in
 * tiles, what an auditor would have kept (an older checkpoint, the key's fingerprint), and what verification said.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { leafHash, MemoryTree, tiledLogFiles } from "@countersign/ledger";
import { sourceOf } from "@countersign/package-format/testing";
import { verifyPackage } from "@countersign/verify";
import { readPackage } from "../journeys/package-file.ts";
import { makeSmallCompany, SMALL } from "../journeys/small-company.ts";
import { newPlace } from "../journeys/support.ts";

export type Frozen = {
  readonly version: string;
  readonly logKey: string;
  readonly records: number;
  readonly items: number;
  readonly results: number;
  readonly root: string;
};

const NEWEST = "company/countersign/checkpoints/newest";

/** @param out is made where it is missing. */
export async function freeze(out: string): Promise<Frozen> {
  const place = newPlace("freeze");
  const done = async (...args: readonly string[]): Promise<void> => {
    const { status, stdout, stderr } = await place.run(...args, ...SMALL);
    if (status !== 0) throw new Error(`${args.join(" ")}: ${stdout}${stderr}`);
  };
  try {
    await makeSmallCompany(place);
    await place.keepServer("company");
    await done("collect");
    await done("population", "freeze", "hr-leavers", "--with-warning");
    await done("assess");
    mkdirSync(out, { recursive: true });
    copyFileSync(join(place.folder, NEWEST), join(out, "checkpoint-of-then"));
    place.write("review.txt", "access was looked at");
    await done("evidence", "add", "review.txt", "--control", "IAM-04", "--performed-at", "2026-07-02");
    await done(
      "sample",
      "draw",
      "hr-leavers",
      "--size",
      "2",
      "--nonce",
      "ab".repeat(32),
      "--purpose",
      "IAM-03",
    );
    await done("assess");
    await done("package", "create", "--out", "package.zip");
    copyFileSync(join(place.folder, "package.zip"), join(out, "package.zip"));
  } finally {
    await place.remove();
  }
  writeTiles(join(out, "package.zip"), join(out, "log"));
  const frozen = factsOf(join(out, "package.zip"));
  writeFileSync(join(out, "facts.json"), `${JSON.stringify(frozen, undefined, 2)}\n`);
  return frozen;
}

function writeTiles(zip: string, folder: string): void {
  const files = readPackage(zip);
  const lines = [...files.keys()]
    .filter((path) => path.startsWith("ledger/records-"))
    .sort()
    .flatMap((path) => files.get(path)?.toString("utf8").trimEnd().split("\n") ?? []);
  const tree = new MemoryTree();
  const entries = lines.map((line) => Buffer.from(line));
  for (const entry of entries) tree.append(leafHash(entry));
  const entry = (index: number): Uint8Array => {
    const found = entries[index];
    if (found === undefined) throw new RangeError(`no record ${index}`);
    return found;
  };
  const checkpoint = files.get("ledger/checkpoint")?.toString("utf8") ?? "";
  for (const { path, bytes } of tiledLogFiles(entries.length, checkpoint, { hash: tree.read, entry })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes());
  }
}

function factsOf(zip: string): Frozen {
  const { intact, facts, faults } = verifyPackage(sourceOf(readFileSync(zip)));
  const { logKey, checkpoint, records, items, results, generator } = facts;
  if (!intact || logKey === undefined || checkpoint === undefined) throw new Error(JSON.stringify(faults));
  return {
    version: generator ?? "unknown",
    logKey: logKey.key,
    records,
    items,
    results,
    root: checkpoint.root,
  };
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("usage: node testing/frozen/make.ts FOLDER");
  console.log(JSON.stringify(await freeze(resolve(folder))));
}
