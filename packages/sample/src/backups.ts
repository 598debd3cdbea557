/** Daily backups and the wiping of retired assets. */
import type { EpochMs } from "@countersign/kernel";
import { HOUR_MS, type Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, withOffset, type SampleTable } from "./table.ts";

export type SampleBackup = {
  readonly id: string;
  readonly store: string;
  readonly startedAt: EpochMs;
  readonly failed: boolean;
  readonly handledAt: EpochMs | undefined;
  readonly handledBy: SamplePerson | undefined;
};

export const BACKED_UP = ["tenant-database", "model-registry"] as const;

export function planBackups(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleBackup[] {
  const runs: SampleBackup[] = [];
  // Failures fall on fixed parts of the year; the third is handled only after two days.
  const failing = [0.08, 0.24, 0.37, 0.5, 0.71, 0.9].map((part) =>
    Math.max(1, Math.floor(part * calendar.length)),
  );
  for (let n = 1; n <= calendar.length; n++) {
    const date = calendar.day(n);
    for (const [index, store] of BACKED_UP.entries()) {
      const startedAt = calendar.at(date, 2 + index, random.integer(0, 20));
      const failed = failing.includes(n) && index === n % 2;
      const onCall = people.filter((one) => one.role === "site-reliability" && employedOn(one, date));
      const late = failing.indexOf(n) === 2;
      runs.push({
        id: `${date}/${store}`,
        store,
        startedAt,
        failed,
        handledAt: failed ? startedAt + (late ? 49 : random.integer(3, 14)) * HOUR_MS : undefined,
        handledBy: failed ? random.pick(onCall) : undefined,
      });
    }
  }
  return runs;
}

export function backupTable(runs: readonly SampleBackup[]): SampleTable {
  return makeTable<SampleBackup>(
    { source: "backup-runs", kind: "backup" },
    [
      { header: "Run", field: "id", cell: (row) => row.id },
      { header: "Store", field: "store", cell: (row) => row.store },
      { header: "Started", field: "startedAt", cell: (row) => utc(row.startedAt) },
      { header: "Outcome", field: "outcome", cell: (row) => (row.failed ? "failed" : "succeeded") },
      { header: "Handled", field: "handled", as: "yes-no", cell: (row) => (row.failed ? "yes" : undefined) },
      { header: "Handled at", field: "handledAt", cell: (row) => utc(row.handledAt) },
      { header: "Handled by", field: "handledBy", as: "email", cell: (row) => row.handledBy?.email },
    ],
    runs,
  );
}

export type SampleRetirement = {
  readonly id: string;
  readonly asset: string;
  readonly releasedAt: EpochMs;
  readonly wipedAt: EpochMs;
  readonly wipedBy: SamplePerson;
  readonly proofKept: boolean;
  /** Somebody typed a day that does not exist, so that no reader can place the row. */
  readonly unreadable: boolean;
};

export function planRetirements(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleRetirement[] {
  const wipers = people.filter((one) => one.role === "site-reliability");
  return calendar.workingTimes(10, random).map((releasedAt, index) => ({
    id: numbered("asset", index, 3),
    asset: random.pick(["laptop", "scratch volume", "disk"]) + ` ${random.hex(6)}`,
    releasedAt,
    wipedAt: calendar.workingTimeBefore(releasedAt, 60, random),
    wipedBy: random.pick(wipers),
    proofKept: index !== 4,
    unreadable: index === 7,
  }));
}

export function retirementTable(calendar: Calendar, rows: readonly SampleRetirement[]): SampleTable {
  return makeTable<SampleRetirement>(
    { source: "asset-retirements", kind: "asset-retirement" },
    [
      { header: "Retirement", field: "id", cell: (row) => row.id },
      { header: "Asset", field: "asset", cell: (row) => row.asset },
      {
        header: "Handed on",
        field: "releasedAt",
        cell: (row) =>
          row.unreadable
            ? `${calendar.through.slice(0, 4)}-02-30T10:15:00Z`
            : withOffset(calendar, row.releasedAt),
      },
      { header: "Wiped", field: "wiped", as: "yes-no", cell: () => "yes" },
      { header: "Wiped at", field: "wipedAt", cell: (row) => withOffset(calendar, row.wipedAt) },
      { header: "Wiped by", field: "wipedBy", as: "email", cell: (row) => row.wipedBy.email },
      { header: "Log kept", field: "proofKept", as: "yes-no", cell: (row) => row.proofKept },
    ],
    rows,
  );
}
