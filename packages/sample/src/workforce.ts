/** Who joined and who left: the HR system's exports. */
import { addDays, DAY_MS, type EpochMs, type LocalDate } from "@countersign/kernel";
import { HOUR_MS, MINUTE_MS, type Calendar } from "./calendar.ts";
import type { SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, withOffset, type SampleTable } from "./table.ts";

export type HireStory = "in-order" | "checked-after-access" | "trained-late" | "signed-late" | "still-open";
export type SampleHire = {
  readonly id: string;
  readonly story: HireStory;
  readonly person: SamplePerson;
  readonly checkedAt: EpochMs;
  readonly accessAt: EpochMs;
  readonly trainedAt: EpochMs | undefined;
  readonly signedAt: EpochMs | undefined;
};

/** By handle; who is not named joins in order. */
const HIRE_STORIES: { readonly [handle: string]: HireStory } = {
  finnian: "checked-after-access",
  hollis: "trained-late",
  kerensa: "signed-late",
  orla: "still-open",
};

export function planHires(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleHire[] {
  return people
    .filter((person) => calendar.holds(person.from))
    .map((person, index) => {
      const story = HIRE_STORIES[person.handle] ?? "in-order";
      const first = calendar.at(person.from, 0);
      const accessAt = calendar.at(person.from, 9, random.integer(5, 50));
      const open = story === "still-open";
      return {
        id: numbered("emp", 120 + index),
        story,
        person,
        checkedAt:
          story === "checked-after-access"
            ? accessAt + 2 * DAY_MS
            : accessAt - random.integer(3, 20) * DAY_MS,
        accessAt,
        trainedAt: open
          ? undefined
          : first + (story === "trained-late" ? 35 : random.integer(2, 20)) * DAY_MS + 15 * HOUR_MS,
        signedAt: open
          ? undefined
          : first + (story === "signed-late" ? 17 : random.integer(0, 9)) * DAY_MS + 11 * HOUR_MS,
      };
    });
}

export function hireTable(calendar: Calendar, hires: readonly SampleHire[]): SampleTable {
  return makeTable<SampleHire>(
    { source: "hr-joiners", kind: "hire" },
    [
      { header: "Employee id", field: "id", cell: (row) => row.id },
      { header: "Work email", field: "person", as: "email", cell: (row) => row.person.email },
      { header: "First day", field: "startedAt", as: "start-of-day", cell: (row) => row.person.from },
      { header: "Role", field: "role", cell: (row) => row.person.role },
      { header: "Employment", field: "employment", cell: () => "employee" },
      { header: "Background check done", field: "backgroundChecked", as: "yes-no", cell: () => "yes" },
      {
        header: "Background check completed",
        field: "backgroundCheckedAt",
        cell: (row) => withOffset(calendar, row.checkedAt),
      },
      { header: "Access granted", field: "accessGranted", as: "yes-no", cell: () => "yes" },
      { header: "First access", field: "accessGrantedAt", cell: (row) => withOffset(calendar, row.accessAt) },
      { header: "Trained", field: "trained", as: "yes-no", cell: (row) => row.trainedAt !== undefined },
      {
        header: "Training completed",
        field: "trainedAt",
        cell: (row) => withOffset(calendar, row.trainedAt),
      },
      {
        header: "Policies signed",
        field: "acknowledged",
        as: "yes-no",
        cell: (row) => row.signedAt !== undefined,
      },
      { header: "Signed at", field: "acknowledgedAt", cell: (row) => withOffset(calendar, row.signedAt) },
    ],
    hires,
  );
}

export type LeaverStory =
  | "in-time"
  /** After two days, which the first wording of the control allows and the second does not. */
  | "within-five-days"
  /** After 26 hours, while the control says 24. */
  | "after-26-hours"
  /** The HR system does not say whether access was removed. */
  | "not-recorded"
  /** The 24 hours end after the window does. */
  | "straddles-the-end";
export type SampleLeaver = {
  readonly id: string;
  readonly story: LeaverStory;
  readonly person: SamplePerson;
  readonly lastDay: LocalDate;
  /** The end of the last day. */
  readonly endedAt: EpochMs;
  readonly removedAt: EpochMs | undefined;
};

const LEAVER_STORIES: { readonly [handle: string]: readonly [LeaverStory, number] } = {
  anselm: ["in-time", 3 * 60],
  yorick: ["within-five-days", 49 * 60],
  tamsel: ["within-five-days", 4 * 24 * 60],
  norvin: ["after-26-hours", 26 * 60 + 5],
  lorcan: ["in-time", 2 * 60],
  cassian: ["in-time", -5 * 60],
  dorrit: ["not-recorded", 0],
  nevin: ["straddles-the-end", 10 * 60],
};

export function planLeavers(calendar: Calendar, people: readonly SamplePerson[]): SampleLeaver[] {
  const leavers: SampleLeaver[] = [];
  for (const person of people) {
    const lastDay = person.through;
    if (lastDay === undefined) continue;
    const [story, minutes] = LEAVER_STORIES[person.handle] ?? ["in-time", 60];
    const endedAt = calendar.at(addDays(lastDay, 1), 0);
    leavers.push({
      id: numbered("end", leavers.length, 3),
      story,
      person,
      lastDay,
      endedAt,
      removedAt: story === "not-recorded" ? undefined : endedAt + minutes * MINUTE_MS,
    });
  }
  return leavers;
}

export function leaverTable(leavers: readonly SampleLeaver[]): SampleTable {
  return makeTable<SampleLeaver>(
    { source: "hr-leavers", kind: "leaver" },
    [
      { header: "Record", field: "id", cell: (row) => row.id },
      { header: "Work email", field: "person", as: "email", cell: (row) => row.person.email },
      { header: "Last day", field: "endedAt", as: "end-of-day", cell: (row) => row.lastDay },
      {
        header: "All access removed",
        field: "accessRemoved",
        as: "yes-no",
        cell: (row) => (row.removedAt === undefined ? undefined : "yes"),
      },
      { header: "Last access removed at", field: "accessRemovedAt", cell: (row) => utc(row.removedAt) },
    ],
    leavers,
  );
}
