/** A company of one list, for journeys that look at what becomes of a few records: quick to collect, assess and pack. */
import type { Place } from "./support.ts";

export const SMALL = ["--workspace", "company"] as const;
export const ORGANIZATION = "small-co";

export const leaversSource = `sources:
  - id: hr-leavers
    connector: csv
    provides: leaver
    file: ../exports/leavers.csv
    columns:
      id: Record
      person: { column: Work email, as: email }
      endedAt: Last day
      accessRemoved: { column: Removed, as: yes-no }
      accessRemovedAt: Removed at
`;

/** Three leavers: the last one's access was removed 36 hours after the end. */
export const leaversCsv = `Record,Work email,Last day,Removed,Removed at
L-1,ada@small.example,2026-04-10T15:00:00Z,yes,2026-04-10T15:30:00Z
L-2,bo@small.example,2026-05-08T15:00:00Z,yes,2026-05-09T09:00:00Z
L-3,cy@small.example,2026-06-12T15:00:00Z,yes,2026-06-14T03:00:00Z
`;

export async function makeSmallCompany(place: Place): Promise<void> {
  const window = ["--from", "2026-04-01", "--through", "2026-06-30"];
  const made = await place.run("init", ...window, "--name", "Small Co", ...SMALL);
  if (made.status !== 0) throw new Error(made.stderr);
  place.write("company/countersign/sources.yaml", leaversSource);
  place.write("company/exports/leavers.csv", leaversCsv);
}
