/** What the month's end showed in each store with a term: the oldest entry, as the retention job counts it before it runs. */
import { DAY_MS, type EpochMs } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { PERIODIC_PLANS } from "./periodic.ts";
import { periodsOf } from "./periods.ts";
import { makeTable, utc, type SampleTable } from "./table.ts";

export type StoreLook = {
  readonly id: string;
  readonly store: string;
  readonly listedAt: EpochMs;
  readonly oldestAt: EpochMs;
};

/** Days that each store keeps an entry, as data.yaml says it; the job passes the second one over in one month. */
export const LOOKED_AT: readonly (readonly [store: string, days: number])[] = [
  ["prompt-log", 30],
  ["error-log", 30],
  ["batch-results", 30],
  ["fine-tune-files", 30],
  ["customer-index", 30],
  ["support-mail", 365],
  ["log-store", 400],
  ["snapshots", 35],
];
const PASSED_OVER = "error-log";
/** One snapshot is held by hand for the recovery test, and nobody lets it go. */
export const HELD_STORE = "snapshots";

/** @param heldSince when the snapshot that is still held was taken; absent where no recovery was tested */
export function planStoreLooks(calendar: Calendar, heldSince: EpochMs | undefined): StoreLook[] {
  const told = PERIODIC_PLANS.find(({ control }) => control === "DAT-02")?.told ?? [];
  return periodsOf("month", calendar).flatMap(({ id, through }, index) => {
    const listedAt = calendar.at(through, 21);
    return LOOKED_AT.map(([store, days]): StoreLook => {
      const passedOver = store === PASSED_OVER && told[index] === "deviated";
      const oldest = listedAt - (passedOver ? days + 11 : days - 2) * DAY_MS;
      const held = store === HELD_STORE && heldSince !== undefined && heldSince < oldest;
      return { id: `${id}/${store}`, store, listedAt, oldestAt: held ? heldSince : oldest };
    });
  });
}

export function storeLookTable(looks: readonly StoreLook[]): SampleTable {
  return makeTable<StoreLook>(
    { source: "store-looks", kind: "store-content" },
    [
      { header: "Look", field: "id", cell: (row) => row.id },
      { header: "Store", field: "store", cell: (row) => row.store },
      { header: "Looked at", field: "listedAt", cell: (row) => utc(row.listedAt) },
      { header: "Oldest entry", field: "oldestAt", cell: (row) => utc(row.oldestAt) },
    ],
    looks,
  );
}
