/** Every blob that a record names: present as recorded, or withheld or erased as data/blobs.json says. */
import { Digester, type Digest } from "@countersign/kernel";
import { BLOB_INDEX_PATH, parseBlobIndex, type BlobEntry } from "@countersign/package-format";
import type { Faults } from "./faults.ts";
import { ListCheck } from "./list-check.ts";
import type { Claim, LogFacts } from "./log-facts.ts";
import type { PackageFiles } from "./package-files.ts";

type Present = Extract<BlobEntry, { parts: readonly string[] }>;

export type BlobCheck = {
  readonly entries: ReadonlyMap<Digest, BlobEntry>;
  readonly withheld: number;
  readonly erased: number;
  readonly erasedLines: number;
};

/** @param recordsComplete false when records are missing: then what nobody names is no fault of the index. */
export function checkBlobs(
  files: PackageFiles,
  facts: LogFacts,
  recordsComplete: boolean,
  faults: Faults,
): BlobCheck {
  const entries = new Map<Digest, BlobEntry>();
  const check = { entries, withheld: 0, erased: 0, erasedLines: 0 };
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
      if (recordsComplete && !facts.hasRecord(entry.erased))
        faults.add("blob-erasure", entry.digest, `said to be erased by ${entry.erased}, which is no record`);
    } else check.erasedLines += checkPresent(files, entry, facts.claims.get(entry.digest) ?? [], faults);
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

/** @returns how many lines of it are erased. */
function checkPresent(files: PackageFiles, entry: Present, claims: readonly Claim[], faults: Faults): number {
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
  const erasedLines = "erasedLines" in entry ? entry.erasedLines : 0;
  if ("erasedLines" in entry && lists.length === 0)
    faults.add("blob-erasure", where, "lines can be erased in sealed lists only");
  const results = lists.some((claim) => claim.type === "assessment.run" && claim.member === "results");
  const list = lists.length === 0 ? undefined : new ListCheck(results ? "as-emitted" : "by-id", faults);
  const found = readParts(files, entry.parts, list, salt);
  if (found === undefined) return erasedLines;
  // The digest was made before lines were erased; the root below holds in its place.
  if (!("erasedLines" in entry)) {
    if (found.digest !== entry.digest)
      faults.add("blob-digest", where, `${found.digest} here, ${entry.digest} in the record`);
    if (found.size !== entry.size)
      faults.add("blob-digest", where, `${found.size} bytes here, ${entry.size} in the record`);
  }
  if (list !== undefined) compareList(list, lists, erasedLines, where, faults);
  return erasedLines;
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
  erasedLines: number,
  where: string,
  faults: Faults,
): void {
  const root = list.finish();
  if (list.erased !== erasedLines)
    faults.add(
      "blob-erasure",
      where,
      `${list.erased} lines are erased here, ${BLOB_INDEX_PATH} says ${erasedLines}`,
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
