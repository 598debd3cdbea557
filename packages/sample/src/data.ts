/** Datasets that were admitted, and data that had to be deleted. */
import { DAY_MS, type EpochMs } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

export type SampleDataset = {
  readonly id: string;
  readonly name: string;
  readonly admittedAt: EpochMs;
  readonly addedBy: SamplePerson;
  readonly approvedBy: SamplePerson;
  readonly approvedAt: EpochMs;
  readonly digest: string;
  readonly scanned: boolean;
};

export function planDatasets(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleDataset[] {
  const times = calendar.workingTimes(calendar.inProportion(26, 8), random);
  return times.map((admittedAt, index) => {
    const date = calendar.dateAt(admittedAt);
    const makers = people.filter((one) => one.role === "ml-engineer" && employedOn(one, date));
    const [addedBy, other] = random.some(makers, 2);
    if (addedBy === undefined || other === undefined)
      throw new TypeError("two people must handle data at all times");
    return {
      id: numbered("dataset", index, 3),
      name: random.pick(["support talks", "code pairs", "evaluation set", "help pages", "refusal set"]),
      admittedAt,
      addedBy,
      approvedBy: index === 2 ? addedBy : other,
      approvedAt: calendar.workingTimeBefore(admittedAt, 20, random),
      digest: `sha256:${random.hex(64)}`,
      scanned: index !== 6,
    };
  });
}

export function datasetTable(rows: readonly SampleDataset[]): SampleTable {
  return makeTable<SampleDataset>(
    { source: "dataset-catalogue", kind: "dataset" },
    [
      { header: "Version", field: "id", cell: (row) => row.id },
      { header: "Dataset", field: "name", cell: (row) => row.name },
      { header: "Admitted", field: "admittedAt", cell: (row) => utc(row.admittedAt) },
      { header: "Added by", field: "addedBy", as: "email", cell: (row) => row.addedBy.email },
      { header: "Manifest", field: "digest", cell: (row) => row.digest },
      { header: "Origin", field: "origin", cell: () => "own collection" },
      { header: "Rights recorded", field: "rightsRecorded", as: "yes-no", cell: () => "yes" },
      { header: "Classified", field: "classified", as: "yes-no", cell: () => "yes" },
      { header: "Scanned", field: "piiScanned", as: "yes-no", cell: (row) => row.scanned },
      { header: "Approved", field: "approved", as: "yes-no", cell: () => "yes" },
      { header: "Approved by", field: "approvedBy", as: "email", cell: (row) => row.approvedBy.email },
      { header: "Approved at", field: "approvedAt", cell: (row) => utc(row.approvedAt) },
    ],
    rows,
  );
}

export type SampleDeletion = {
  readonly id: string;
  readonly what: string;
  readonly reason: "request" | "expiry";
  readonly raisedAt: EpochMs;
  readonly deletedAt: EpochMs | undefined;
};

export function planDeletions(calendar: Calendar, random: SeededRandom): SampleDeletion[] {
  return calendar.anyTimes(calendar.inProportion(44, 12), random).map((raisedAt, index) => {
    const deletedAt = raisedAt + (index === 9 ? 38 : random.integer(1, 26)) * DAY_MS;
    return {
      id: numbered("deletion", index, 3),
      what: random.pick([
        "a tenant's prompts",
        "a tenant's fine-tune",
        "an expired log partition",
        "embeddings of one index",
      ]),
      reason: random.pick(["request", "expiry"] as const),
      raisedAt,
      deletedAt: deletedAt > calendar.exportedAt ? undefined : deletedAt,
    };
  });
}

export function deletionTable(rows: readonly SampleDeletion[]): SampleTable {
  return makeTable<SampleDeletion>(
    { source: "deletions", kind: "deletion" },
    [
      { header: "Deletion", field: "id", cell: (row) => row.id },
      { header: "What", field: "what", cell: (row) => row.what },
      { header: "Reason", field: "reason", cell: (row) => row.reason },
      { header: "Raised", field: "raisedAt", cell: (row) => utc(row.raisedAt) },
      { header: "Deleted", field: "deleted", as: "yes-no", cell: (row) => row.deletedAt !== undefined },
      { header: "Deleted at", field: "deletedAt", cell: (row) => utc(row.deletedAt) },
      {
        header: "Shown for every store",
        field: "everyStore",
        as: "yes-no",
        cell: (row) => (row.deletedAt === undefined ? undefined : "yes"),
      },
    ],
    rows,
  );
}
