/** What the texts of the system's files are made from, and the few forms that several of them share. */
import type { LocalDate } from "@countersign/kernel";
import type { Calendar } from "../calendar.ts";
import { ORGANIZATION, SAMPLE_MARK, type SamplePerson } from "../company.ts";
import type { SampleDataset } from "../data.ts";
import type { SamplePerformance } from "../evidence.ts";
import type { SampleIncident } from "../incidents.ts";
import type { SampleRelease } from "../model-releases.ts";
import type { SampleVendor } from "../vendors.ts";

export type SystemParts = {
  readonly calendar: Calendar;
  readonly people: readonly SamplePerson[];
  readonly records: {
    readonly datasets: readonly SampleDataset[];
    readonly releases: readonly SampleRelease[];
    readonly releaseDifferences: { readonly unserved: string | undefined };
    readonly incidents: readonly SampleIncident[];
    readonly vendors: readonly SampleVendor[];
  };
  readonly performances: readonly SamplePerformance[];
};

/** The mark and the company's name stand above every file. */
export function head(...comment: readonly string[]): string {
  return [SAMPLE_MARK, `${ORGANIZATION.name}: ${comment[0] ?? ""}`, ...comment.slice(1)]
    .map((line) => `# ${line}\n`)
    .join("");
}

/** The local day on which a yearly activity was performed; before the window where its year does not end in it. */
export function performedOn({ calendar, performances }: SystemParts, control: string): LocalDate {
  const found = performances.find((performance) => performance.control === control);
  return found === undefined ? calendar.day(-80) : calendar.dateAt(Date.parse(found.performed.at));
}
