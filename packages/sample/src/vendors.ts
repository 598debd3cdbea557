/** The inventory of vendors and model providers. */
import { addDays, DAY_MS, type EpochMs } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import type { SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

export type SampleVendor = {
  readonly id: string;
  readonly name: string;
  readonly tier: string;
  readonly onboardedAt: EpochMs;
  readonly assessedAt: EpochMs;
  readonly assessedBy: SamplePerson;
  readonly receives: readonly string[];
  readonly termsRead: boolean;
  readonly retentionDays: number;
};

/** `day`: the day of the window on which it came into use; below 1: before it. `retentionDays`: by its terms. */
export const VENDORS: readonly {
  readonly name: string;
  readonly day: number;
  readonly tier: string;
  readonly receives: readonly string[];
  readonly retentionDays: number;
}[] = (
  [
    ["Nimbus Yard", -700, "high", ["prompts", "usage records"], 0],
    ["Quillforge Models", -410, "high", ["prompts"], 0],
    ["Parcelmint Billing", -380, "medium", ["invoices"], 90],
    ["Hearthdesk", -300, "medium", ["support mail"], 0],
    ["Latchkey Sign-in", -520, "high", ["work accounts"], 90],
    ["Forgework", -560, "high", ["source code"], 0],
    ["Owlpost Mail", -90, "low", ["work accounts"], 0],
    ["Cindermap Models", 44, "high", ["prompts"], 0],
    ["Tallyroom", 101, "low", ["invoices"], 30],
    ["Brightwire Scanning", 163, "medium", ["source code"], 30],
    ["Softharbour Backup", 238, "high", ["usage records"], 30],
    ["Pebblecast Surveys", 309, "low", ["support mail"], 30],
  ] as const
).map(([name, day, tier, receives, retentionDays]) => ({ name, day, tier, receives, retentionDays }));

export function planVendors(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleVendor[] {
  const assessor = people.find((one) => one.handle === "farrow");
  if (assessor === undefined) throw new TypeError("the company has no security engineer");
  return VENDORS.filter(({ day }) => day <= calendar.length).map((vendor, index) => {
    const { name, day, tier, receives, retentionDays } = vendor;
    const onboardedAt = calendar.at(calendar.nextBusinessDay(addDays(calendar.from, day - 1)), 10, 30);
    return {
      id: numbered("vendor", index, 2),
      name,
      tier,
      onboardedAt,
      assessedAt:
        name === "Brightwire Scanning"
          ? onboardedAt + 12 * DAY_MS
          : onboardedAt - random.integer(2, 25) * DAY_MS,
      assessedBy: assessor,
      receives,
      termsRead: name !== "Pebblecast Surveys",
      retentionDays,
    };
  });
}

export function vendorTable(rows: readonly SampleVendor[]): SampleTable {
  return makeTable<SampleVendor>(
    { source: "vendors", kind: "vendor" },
    [
      { header: "Vendor id", field: "id", cell: (row) => row.id },
      { header: "Vendor", field: "name", cell: (row) => row.name },
      { header: "Tier", field: "tier", cell: (row) => row.tier },
      { header: "In use since", field: "onboardedAt", cell: (row) => utc(row.onboardedAt) },
      { header: "Assessed", field: "assessed", as: "yes-no", cell: () => "yes" },
      { header: "Assessed at", field: "assessedAt", cell: (row) => utc(row.assessedAt) },
      { header: "Assessed by", field: "assessedBy", as: "email", cell: (row) => row.assessedBy.email },
      { header: "Receives", field: "receives", as: "list:;", cell: (row) => row.receives.join(";") },
      { header: "Terms read", field: "termsRead", as: "yes-no", cell: (row) => row.termsRead },
      { header: "May train on it", field: "trainsOnData", as: "yes-no", cell: () => "no" },
      {
        header: "Keeps it for days",
        field: "retentionDays",
        as: "integer",
        cell: (row) => row.retentionDays,
      },
    ],
    rows,
  );
}
