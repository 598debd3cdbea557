/** Vulnerabilities that scanners found. */
import { DAY_MS, type EpochMs } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { SERVICES } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

export type SampleFinding = {
  readonly id: string;
  readonly title: string;
  readonly resource: string;
  readonly severity: "critical" | "high" | "medium" | "low";
  readonly foundAt: EpochMs;
  /** Undefined: still open when the list was exported. */
  readonly fixedAt: EpochMs | undefined;
};

/** Days in which the control asks for a fix. */
export const FIX_DAYS = { critical: 7, high: 30, medium: 90 } as const;

export function planFindings(calendar: Calendar, random: SeededRandom): SampleFinding[] {
  const count = calendar.inProportion(96, 30);
  return calendar.anyTimes(count, random).map((foundAt, index) => {
    const severity = random.weighted(["critical", "high", "medium", "low"] as const, (one) =>
      one === "critical" ? 1 : one === "high" ? 3 : 5,
    );
    const term = severity === "low" ? 200 : FIX_DAYS[severity];
    // Two are fixed late, whatever their severity; fixes of the last weeks lie ahead of the export.
    const days =
      index === 7 || index === 18 ? term + random.integer(2, 6) : random.integer(1, Math.max(2, term - 2));
    const fixedAt = foundAt + days * DAY_MS;
    return {
      id: numbered("finding", index),
      title: `${random.pick(["outdated", "unsafe default in", "memory fault in"])} ${random.pick(["image decoder", "archive reader", "header parser", "tensor loader"])}`,
      resource: random.pick(SERVICES),
      severity,
      foundAt,
      fixedAt: fixedAt > calendar.exportedAt ? undefined : fixedAt,
    };
  });
}

export function findingTable(findings: readonly SampleFinding[]): SampleTable {
  return makeTable<SampleFinding>(
    { source: "scanner-findings", kind: "finding" },
    [
      { header: "Finding", field: "id", cell: (row) => row.id },
      { header: "Title", field: "title", cell: (row) => row.title },
      { header: "Image", field: "resource", cell: (row) => row.resource },
      { header: "Severity", field: "severity", cell: (row) => row.severity },
      { header: "First seen", field: "foundAt", cell: (row) => utc(row.foundAt) },
      { header: "Fixed", field: "fixed", as: "yes-no", cell: (row) => row.fixedAt !== undefined },
      { header: "Fixed at", field: "fixedAt", cell: (row) => utc(row.fixedAt) },
    ],
    findings,
  );
}
