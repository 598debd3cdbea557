/** What a record speaks of: stored files, lists, and other records. */
import { isDigest, type Digest } from "@countersign/kernel";
import type { LedgerRecord, ListRef } from "@countersign/records";

export function readRecord(entry: string): LedgerRecord | undefined {
  try {
    const record = JSON.parse(entry) as LedgerRecord;
    return typeof record === "object" && record !== null && typeof record.body === "object"
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}

export function digestsOf(record: LedgerRecord): Digest[] {
  // A record of a later version, or a damaged one, may hold anything here.
  const digests: unknown = record.digests;
  return Array.isArray(digests)
    ? digests.filter((each): each is Digest => typeof each === "string" && isDigest(each))
    : [];
}

/** Lists are recognised by their shape: count, root, digest, size. */
export function* listsIn(value: unknown): Generator<ListRef> {
  if (typeof value !== "object" || value === null) return;
  const { count, root, digest, size } = value as Partial<ListRef>;
  if (
    typeof count === "number" &&
    typeof root === "string" &&
    typeof digest === "string" &&
    isDigest(digest) &&
    typeof size === "number"
  )
    yield value as ListRef;
  else for (const member of Object.values(value)) yield* listsIn(member);
}

/** Names that others know the record by, besides its id. */
export function namesOf(record: LedgerRecord): string[] {
  switch (record.type) {
    case "assessment.run":
      return [record.id, record.body.run];
    case "sample.drawn":
      return [record.id, record.body.draw];
    case "population.reconciled":
      return [record.id, record.body.reconciliation];
    default:
      return [record.id];
  }
}

/** Names of earlier records that what this one says rests on. */
export function restsOn(record: LedgerRecord): readonly string[] {
  switch (record.type) {
    case "population.collected":
      return record.body.joinedFrom;
    case "population.reconciled":
      return [record.body.left.record, record.body.right.record];
    case "difference.resolved":
      return [record.body.reconciliation];
    case "population.frozen":
      return [record.body.record];
    case "assessment.run":
      return record.body.populations.map((each) => each.record);
    case "sample.drawn":
      return record.body.extends === undefined
        ? [record.body.frozen]
        : [record.body.frozen, record.body.extends];
    case "deviation.withdrawn":
      return [record.body.run, record.body.laterRun];
    case "package.created":
      return [record.body.run];
    default:
      return [];
  }
}

export type Role = { readonly words: string; readonly still: string };

/** What a stored file is to the record that names it, and what stands without the file. */
export function roleOf(record: LedgerRecord, digest: Digest): Role {
  switch (record.type) {
    case "population.collected": {
      const { body } = record;
      const name = `${body.population}@${body.version}`;
      if (body.items.digest === digest)
        return {
          words: `the items of population ${name}`,
          still: `that ${body.items.count} items were recorded, with their root; which they were, once an intact copy is back: packages hold one`,
        };
      if (body.exclusions.digest === digest)
        return {
          words: `the exclusions of population ${name}`,
          still: `the items themselves, and that ${body.exclusions.count} rows were excluded`,
        };
      const raw = body.raw.find((each) => each.digest === digest);
      return {
        words: `raw bytes ${raw?.name ?? "or the mapping"} of population ${name}`,
        still: "the items, by their list's root; not what the source's bytes said of each",
      };
    }
    case "assessment.run":
      if (record.body.results.digest === digest)
        return {
          words: `the results of run ${record.body.run}`,
          still: `that ${record.body.results.count} results were recorded, with their root; countersign assess gives results anew from the same populations, as another run`,
        };
      return {
        words: `${record.body.summary.digest === digest ? "the summary" : "the program"} of run ${record.body.run}`,
        still: "the result lines, by their root",
      };
    case "evidence.added":
      return {
        words: `the evidence file ${record.body.files.find((each) => each.digest === digest)?.name ?? ""} for ${record.body.control}`,
        still:
          "that a file with this digest was recorded, when and by whom: any intact copy of it is as good",
      };
    case "directory.extended":
      return {
        words: "names of persons",
        still: "every record: persons stand in them under their ids",
      };
    default:
      return {
        words: `a file of ${record.type} ${record.subject}`,
        still: "that bytes with this digest were recorded: any intact copy of them is as good",
      };
  }
}
