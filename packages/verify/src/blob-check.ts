/** Every blob that a record names: present as recorded, or withheld or erased as data/blobs.json says. */
import { Digester, type Digest } from "@countersign/kernel";
import { BLOB_INDEX_PATH, parseBlobIndex, type BlobEntry } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import { ListCheck } from "./list-check.ts";
import type { Claim, Erasures, LogFacts } from "./log-facts.ts";
import type { PackageFiles } from "./package-files.ts";

type Present = Extract<BlobEntry, { parts: readonly string[] }>;

export type BlobCheck = {
  readonly entries: ReadonlyMap<Digest, BlobEntry>;
  readonly withheld: number;
  readonly erased: number;
  readonly erasedLines: number;
  readonly withheldLines: number;
};

/** @param recordsComplete false when records are missing: then what nobody names is no fault of the index. */
export function checkBlobs(
  files: PackageFiles,
  facts: LogFacts,
  recordsComplete: boolean,
  faults: Faults,
): BlobCheck {
  const entries = new Map<Digest, BlobEntry>();
  const check = { entries, withheld: 0, erased: 0, erasedLines: 0, withheldLines: 0 };
  const bytes = files.readWhole(BLOB_INDEX_PATH);
  if (bytes === undefined) return check;
  const index = parseBlobIndex(bytes);
  if (!index.ok) {
    faults.add("blob-index", BLOB_INDEX_PATH, index.error);
    return check;
  }
  for (const entry of index.value.blobs) {
    entries.set(entry.digest, entry);
    if (recordsComplete && !facts.named.has(entry.digest))
      faults.add("blob-unknown", BLOB_INDEX_PATH, `no record names ${entry.digest}`);
    if ("withheld" in entry) check.withheld++;
    else if ("erased" in entry) {
      check.erased++;
      if (recordsComplete && facts.erasures.recordOf(entry.digest) !== entry.erased)
        faults.add(
          "blob-erasure",
          entry.digest,
          `said to be erased by ${entry.erased}, which is no record that says so`,
        );
    } else {
      const erasure = recordsComplete ? facts.erasures.recordOf(entry.digest) : undefined;
      if (erasure !== undefined)
        faults.add(
          "blob-erasure",
          entry.parts[0] ?? entry.digest,
          `record ${erasure} says that it was erased, and it is here`,
        );
      const erasures = recordsComplete ? facts.erasures : undefined;
      const lines = checkPresent(files, entry, facts.claims.get(entry.digest) ?? [], erasures, faults);
      check.erasedLines += lines.erased;
      check.withheldLines += lines.withheld;
    }
  }
  for (const [digest, record] of facts.named)
    if (!entries.has(digest))
      faults.add(
        "blob-missing",
        digest,
        `record ${record} names it, and it is neither here nor said to be withheld or erased`,
      );
  return check;
}

type LeafOnlyLines = { readonly erased: number; readonly withheld: number };

/** @returns how many lines of it are only a leaf, as the index says. */
function checkPresent(
  files: PackageFiles,
  entry: Present,
  claims: readonly Claim[],
  erasures: Erasures | undefined,
  faults: Faults,
): LeafOnlyLines {
  const lists = claims.filter((claim) => claim.list !== undefined);
  const where = entry.parts[0] ?? entry.digest;
  for (const claim of claims)
    if (claim.size !== entry.size)
      faults.add(
        "blob-digest",
        where,
        `record ${claim.index} says ${claim.size} bytes, ${BLOB_INDEX_PATH} ${entry.size}`,
      );
  const salt = "salt" in entry ? entry.salt : undefined;
  for (const claim of claims)
    if (claim.salted !== (salt !== undefined))
      faults.add(
        "blob-salt",
        where,
        claim.salted
          ? `record ${claim.index} names it by a commitment, and ${BLOB_INDEX_PATH} gives no salt to open it`
          : `record ${claim.index} names it by its plain digest, and ${BLOB_INDEX_PATH} gives a salt`,
      );
  const said: LeafOnlyLines = {
    erased: "erasedLines" in entry ? entry.erasedLines : 0,
    withheld: "withheldLines" in entry ? entry.withheldLines : 0,
  };
  if ("erasedLines" in entry && lists.length === 0)
    faults.add("blob-erasure", where, "lines can be erased or withheld in sealed lists only");
  const results = lists.some((claim) => claim.type === "assessment.run" && claim.member === "results");
  const onErased = (leaf: string, at: string): void => {
    if (erasures?.hasLine(entry.digest, leaf) === false)
      faults.add("blob-erasure", at, "a line is erased, and no record says so");
  };
  const order = results ? "as-emitted" : "by-id";
  const list = lists.length === 0 ? undefined : new ListCheck(order, faults, onErased);
  const found = readParts(files, entry.parts, list, salt);
  if (found === undefined) return said;
  // The digest was made of the whole lines; the root below holds in its place.
  if (!("erasedLines" in entry)) {
    if (found.digest !== entry.digest)
      faults.add("blob-digest", where, `${found.digest} here, ${entry.digest} in the record`);
    if (found.size !== entry.size)
      faults.add("blob-digest", where, `${found.size} bytes here, ${entry.size} in the record`);
  }
  if (list !== undefined) compareList(list, lists, said, where, faults);
  return said;
}

function readParts(
  files: PackageFiles,
  parts: readonly string[],
  list: ListCheck | undefined,
  salt: string | undefined,
): { readonly digest: Digest; readonly size: number } | undefined {
  // A blob in one file has that file's digest, unless it is salted: it is hashed once.
  const whole = parts.length > 1 || salt !== undefined ? new Digester(salt) : undefined;
  let single: { readonly digest: Digest; readonly size: number } | undefined;
  let complete = true;
  for (const part of parts) {
    list?.startPart(part);
    single = files.read(part, (bytes) => {
      whole?.update(bytes);
      // Last: it uses the bytes up.
      list?.push(bytes);
    });
    if (single === undefined) complete = false;
  }
  if (!complete) return undefined;
  return whole === undefined ? single : whole.finish();
}

function compareList(
  list: ListCheck,
  claims: readonly Claim[],
  said: LeafOnlyLines,
  where: string,
  faults: Faults,
): void {
  const root = list.finish();
  for (const kind of ["erased", "withheld"] as const)
    if (list[kind] !== said[kind])
      faults.add(
        "blob-erasure",
        where,
        `${list[kind]} lines are ${kind} here, ${BLOB_INDEX_PATH} says ${said[kind]}`,
      );
  for (const claim of claims) {
    if (claim.list === undefined) continue;
    const { count, root: expected } = claim.list;
    if (count !== list.count)
      faults.add("list-count", where, `${list.count} lines here, record ${claim.index} says ${count}`);
    if (root !== expected)
      faults.add(
        "list-root",
        where,
        `the lines have the root ${root}, record ${claim.index} says ${expected}`,
      );
  }
}
