/** What rests on damaged files: the records that name them, and all that was made from those. Only read where there is damage. */
import type { Digest } from "@countersign/kernel";
import type { LedgerRecord } from "@countersign/records";
import type { Context } from "../context.ts";
import { digestsOf, namesOf, readRecord, restsOn, roleOf } from "./mentions.ts";

export type Resting = {
  readonly index: number;
  readonly record: string;
  readonly type: string;
  /** "the items of population hr-leavers@1", "draw draw_0a1b" */
  readonly words: string;
};

export type FileDamage = {
  readonly digest: Digest;
  readonly state: "damaged" | "missing";
  /** Records that name the file, and what it is to each. */
  readonly namedBy: readonly Resting[];
  /** Records whose content was made from it, in the log's order. */
  readonly restingOn: readonly Resting[];
  /** What can be proven without it. */
  readonly still: readonly string[];
};

type Found = { namedBy: Resting[]; restingOn: Resting[]; still: Set<string>; names: Set<string> };

/** What rests on a record comes after it in the log, so one reading finds all of it. */
export async function restingOn(
  ctx: Context,
  entries: number,
  damaged: ReadonlyMap<Digest, "damaged" | "missing">,
): Promise<FileDamage[]> {
  if (damaged.size === 0) return [];
  const all = new Map<Digest, Found>(
    [...damaged.keys()].map((digest) => [
      digest,
      { namedBy: [], restingOn: [], still: new Set(), names: new Set() },
    ]),
  );
  for await (const page of ctx.store.entries(ctx.organization, 0, entries))
    for (const { entry, index } of page) {
      const record = readRecord(entry);
      if (record !== undefined) look(record, index, all);
    }
  return [...damaged].map(([digest, state]) => {
    const found = all.get(digest);
    return {
      digest,
      state,
      namedBy: found?.namedBy ?? [],
      restingOn: found?.restingOn ?? [],
      still: [...(found?.still ?? [])],
    };
  });
}

function look(record: LedgerRecord, index: number, all: ReadonlyMap<Digest, Found>): void {
  const place = { index, record: record.id, type: record.type };
  const digests = new Set(digestsOf(record));
  for (const [digest, found] of all) {
    if (digests.has(digest)) {
      const role = roleOf(record, digest);
      found.namedBy.push({ ...place, words: role.words });
      found.still.add(role.still);
    } else if (restsOn(record).some((name) => found.names.has(name))) {
      found.restingOn.push({ ...place, words: wordsFor(record) });
    } else continue;
    for (const name of namesOf(record)) found.names.add(name);
  }
}

function wordsFor(record: LedgerRecord): string {
  switch (record.type) {
    case "population.collected":
      return `population ${record.body.population}@${record.body.version}`;
    case "population.reconciled":
      return `reconciliation ${record.body.reconciliation}`;
    case "difference.resolved":
      return `resolution of ${record.body.reconciliation}`;
    case "population.frozen":
      return `the freeze of ${record.body.population}`;
    case "assessment.run":
      return `run ${record.body.run}`;
    case "sample.drawn":
      return `draw ${record.body.draw}`;
    case "package.created":
      return `package ${record.body.package}`;
    default:
      return `${record.type} ${record.subject}`;
  }
}
