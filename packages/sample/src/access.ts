/** Access that was granted, and privileged access that was held for a while. */
import type { EpochMs } from "@countersign/kernel";
import { HOUR_MS, MINUTE_MS, type Calendar } from "./calendar.ts";
import { employedOn, SYSTEMS, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, withOffset, type SampleTable } from "./table.ts";

export type GrantStory = "in-order" | "approved-late" | "self-approved" | "not-approved" | "not-recorded";
export type SampleGrant = {
  readonly id: string;
  readonly story: GrantStory;
  readonly person: SamplePerson;
  readonly system: string;
  readonly role: string;
  readonly grantedAt: EpochMs;
  readonly grantedBy: SamplePerson;
  readonly approvedBy: SamplePerson;
  readonly approvedAt: EpochMs;
  readonly ticket: string;
};

const GRANTS_A_YEAR = 72;
const GRANT_STORIES = new Map<number, GrantStory>([
  [11, "approved-late"],
  [27, "self-approved"],
  [44, "not-approved"],
  [58, "not-recorded"],
]);

export function planGrants(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleGrant[] {
  const times = calendar.workingTimes(calendar.inProportion(GRANTS_A_YEAR, 60), random);
  const approvers = people.filter((person) => ["bessamy", "corvan", "emrin"].includes(person.handle));
  return times.map((grantedAt, index) => {
    const story = GRANT_STORIES.get(index) ?? "in-order";
    const date = calendar.dateAt(grantedAt);
    const person = random.pick(people.filter((one) => employedOn(one, date) && !approvers.includes(one)));
    const approvedBy = story === "self-approved" ? person : random.pick(approvers);
    return {
      id: numbered("grant", index),
      story,
      person,
      system: random.pick(SYSTEMS),
      role: random.pick(["reader", "writer", "operator"]),
      grantedAt,
      grantedBy: random.pick(
        people.filter((one) => one.role === "site-reliability" && employedOn(one, date)),
      ),
      approvedBy,
      approvedAt:
        story === "approved-late"
          ? grantedAt + 5 * HOUR_MS
          : calendar.workingTimeBefore(grantedAt, 15, random),
      ticket: `ACC-${1200 + index * 3}`,
    };
  });
}

export function grantTable(grants: readonly SampleGrant[]): SampleTable {
  const approved = (row: SampleGrant) => row.story !== "not-approved" && row.story !== "not-recorded";
  return makeTable<SampleGrant>(
    { source: "access-grants", kind: "access-grant" },
    [
      { header: "Grant", field: "id", cell: (row) => row.id },
      { header: "Account", field: "person", as: "email", cell: (row) => row.person.email },
      { header: "System", field: "system", cell: (row) => row.system },
      { header: "Role", field: "role", cell: (row) => row.role },
      { header: "Granted at", field: "grantedAt", cell: (row) => utc(row.grantedAt) },
      { header: "Granted by", field: "grantedBy", as: "email", cell: (row) => row.grantedBy.email },
      { header: "Ticket", field: "ticket", cell: (row) => row.ticket },
      {
        header: "Approved",
        field: "approved",
        as: "yes-no",
        cell: (row) => (row.story === "not-recorded" ? undefined : approved(row)),
      },
      {
        header: "Approved by",
        field: "approvedBy",
        as: "email",
        cell: (row) => (approved(row) ? row.approvedBy.email : undefined),
      },
      {
        header: "Approved at",
        field: "approvedAt",
        cell: (row) => (approved(row) ? utc(row.approvedAt) : undefined),
      },
    ],
    grants,
  );
}

export type SessionStory = "in-order" | "approved-late" | "without-end" | "not-logged";
export type SampleSession = {
  readonly id: string;
  readonly story: SessionStory;
  readonly person: SamplePerson;
  readonly system: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly approvedBy: SamplePerson;
  readonly approvedAt: EpochMs;
};

const SESSIONS_A_YEAR = 148;
const SESSION_STORIES = new Map<number, SessionStory>([
  [17, "approved-late"],
  [39, "without-end"],
  [52, "not-logged"],
]);

export function planSessions(
  calendar: Calendar,
  people: readonly SamplePerson[],
  random: SeededRandom,
): SampleSession[] {
  const times = calendar.workingTimes(calendar.inProportion(SESSIONS_A_YEAR, 60), random);
  return times.map((startedAt, index) => {
    const story = SESSION_STORIES.get(index) ?? "in-order";
    const date = calendar.dateAt(startedAt);
    const able = people.filter(
      (one) => ["site-reliability", "ml-engineer"].includes(one.role) && employedOn(one, date),
    );
    const person = random.pick(able);
    return {
      id: numbered("sess", index),
      story,
      person,
      system: random.pick(["production-cluster", "gpu-cluster"]),
      startedAt,
      endedAt: startedAt + random.integer(10, 230) * MINUTE_MS,
      approvedBy: random.pick(
        people.filter((one) => one.reviews > 3 && one !== person && employedOn(one, date)),
      ),
      approvedAt:
        story === "approved-late"
          ? startedAt + 25 * MINUTE_MS
          : startedAt - random.integer(2, 50) * MINUTE_MS,
    };
  });
}

export function sessionTable(calendar: Calendar, sessions: readonly SampleSession[]): SampleTable {
  return makeTable<SampleSession>(
    { source: "privileged-sessions", kind: "session" },
    [
      { header: "Session", field: "id", cell: (row) => row.id },
      { header: "User", field: "person", as: "email", cell: (row) => row.person.email },
      { header: "System", field: "system", cell: (row) => row.system },
      { header: "Start", field: "startedAt", cell: (row) => withOffset(calendar, row.startedAt) },
      { header: "End", field: "endedAt", cell: (row) => withOffset(calendar, row.endedAt) },
      { header: "Approved", field: "approved", as: "yes-no", cell: () => "yes" },
      { header: "Approver", field: "approvedBy", as: "email", cell: (row) => row.approvedBy.email },
      { header: "Approved at", field: "approvedAt", cell: (row) => withOffset(calendar, row.approvedAt) },
      {
        header: "Ends by itself",
        field: "expires",
        as: "yes-no",
        cell: (row) => row.story !== "without-end",
      },
      {
        header: "Set to end at",
        field: "expiresAt",
        cell: (row) =>
          row.story === "without-end" ? undefined : withOffset(calendar, row.startedAt + 4 * HOUR_MS),
      },
      { header: "Recorded", field: "logged", as: "yes-no", cell: (row) => row.story !== "not-logged" },
    ],
    sessions,
  );
}
