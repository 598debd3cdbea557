/**
 * Who may read the training data: monthly lists of the dataset lake, of the group of the model team and of the service account
 * that trains, the lake's own log of changes between them, and one session for an occasion. Lists follow from the changes, so
 * that the exports agree with each other.
 */
import { addDays, addMonths, type EpochMs, type LocalDate } from "@countersign/kernel";
import { HOUR_MS, type Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SampleIncident } from "./incidents.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";
import type { SampleLeaver } from "./workforce.ts";

export const LAKE = "dataset-lake";
export const MODEL_GROUP = "model-team";
export const TRAINER = "trainer";

/** On a resource, or in a group; exactly one of person, service account and group holds it. */
type Holding = {
  readonly resource?: string;
  readonly inGroup?: string;
  readonly person?: SamplePerson;
  readonly serviceAccount?: string;
  readonly group?: string;
  readonly role?: string;
  readonly reads?: boolean;
};

export type AccessChange = Holding & {
  readonly id: string;
  readonly changedAt: EpochMs;
  readonly action: "granted" | "changed" | "removed";
  readonly approvedBy?: SamplePerson;
  readonly ticket?: string;
};

export type ListedAccess = Holding & { readonly id: string; readonly listedAt: EpochMs };

export type EmergencySession = {
  readonly id: string;
  readonly person: SamplePerson;
  readonly approvedBy: SamplePerson;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly ticket: string;
};

export type LakeAccess = {
  readonly lists: readonly ListedAccess[];
  readonly members: readonly ListedAccess[];
  readonly changes: readonly AccessChange[];
  readonly sessions: readonly EmergencySession[];
  /** A grant that was taken back before the next list: its holder and the days, both ends included. */
  readonly brief:
    { readonly person: SamplePerson; readonly from: LocalDate; readonly through: LocalDate } | undefined;
};

/** Days of the window on which the lake's log of changes was off, both ends included. */
const LOG_OFF = [225, 229] as const;

/** Absent where the window is too short to hold it. */
export function lakeLogGapOf(
  calendar: Calendar,
): { readonly from: LocalDate; readonly through: LocalDate } | undefined {
  if (calendar.length < LOG_OFF[1]) return undefined;
  return { from: calendar.day(LOG_OFF[0]), through: calendar.day(LOG_OFF[1]) };
}

export function planLakeAccess(
  calendar: Calendar,
  people: readonly SamplePerson[],
  facts: { readonly leavers: readonly SampleLeaver[]; readonly incidents: readonly SampleIncident[] },
): LakeAccess {
  const by = (handle: string): SamplePerson => {
    const person = people.find((one) => one.handle === handle);
    if (person === undefined) throw new TypeError(`nobody has the handle ${handle}`);
    return person;
  };
  const approvedBy = by("corvan");
  const models = people.filter((person) => person.role === "ml-engineer");
  const begin: Holding[] = [
    { resource: LAKE, group: MODEL_GROUP, role: "reader", reads: true },
    { resource: LAKE, serviceAccount: TRAINER, role: "reader", reads: true },
    { resource: LAKE, person: by("ulric"), role: "administrator", reads: true },
    { resource: LAKE, person: by("zelda"), role: "billing", reads: false },
    { resource: TRAINER, person: by("silas"), role: "user", reads: true },
    ...models
      .filter((person) => employedOn(person, calendar.from))
      .map((person) => ({ inGroup: MODEL_GROUP, person })),
  ];
  const brief = briefGrant(calendar, by("perrin"));
  const planned: Omit<AccessChange, "id">[] = [
    ...models
      .filter((person) => calendar.holds(person.from))
      .map((person) => ({
        action: "granted" as const,
        changedAt: calendar.at(person.from, 10, 20),
        inGroup: MODEL_GROUP,
        person,
        approvedBy,
        ticket: `ACC-9${people.indexOf(person)}`,
      })),
    // Who leaves keeps the membership until the system takes it: the leaver's list says when.
    ...facts.leavers.flatMap(({ person, removedAt }) =>
      removedAt === undefined || !models.includes(person) || !calendar.holds(calendar.dateAt(removedAt))
        ? []
        : [{ action: "removed" as const, changedAt: removedAt, inGroup: MODEL_GROUP, person }],
    ),
    ...(brief === undefined
      ? []
      : [
          {
            action: "granted" as const,
            changedAt: calendar.at(brief.from, 10, 5),
            ...reader(brief.person),
            approvedBy,
            ticket: "ACC-1731",
          },
          {
            action: "removed" as const,
            changedAt: calendar.at(brief.through, 17, 40),
            ...reader(brief.person),
          },
        ]),
    ...(calendar.length < 200
      ? []
      : [
          {
            action: "granted" as const,
            changedAt: calendar.at(calendar.nextBusinessDay(calendar.day(91)), 9, 30),
            resource: TRAINER,
            person: by("roswen"),
            role: "user",
            reads: true,
            approvedBy,
            ticket: "ACC-1702",
          },
          {
            action: "changed" as const,
            changedAt: calendar.at(calendar.nextBusinessDay(calendar.day(200)), 14, 10),
            resource: LAKE,
            person: by("ulric"),
            role: "operator",
            reads: false,
            approvedBy,
            ticket: "ACC-1790",
          },
        ]),
  ];
  const changes = planned
    .sort((a, b) => a.changedAt - b.changedAt)
    .map((change, index): AccessChange => ({ id: numbered("lake-change", index, 3), ...change }));
  const listed = takenLists(calendar).flatMap((taken) =>
    heldAt(begin, changes, calendar.at(taken, 6)).map((holding, index): ListedAccess => ({
      id: `${taken}/${holding.resource ?? holding.inGroup ?? ""}/${index + 1}`,
      listedAt: calendar.at(taken, 6),
      ...holding,
    })),
  );
  return {
    lists: listed.filter(({ resource }) => resource !== undefined),
    members: listed.filter(({ inGroup }) => inGroup !== undefined),
    changes,
    sessions: emergencies(by("vesper"), approvedBy, facts.incidents),
    brief,
  };
}

const reader = (person: SamplePerson): Holding => ({ resource: LAKE, person, role: "reader", reads: true });

/** The tenth of the fifth month and two days more, which no list of a month's first day can show. */
function briefGrant(calendar: Calendar, person: SamplePerson): LakeAccess["brief"] {
  const month = addMonths(`${calendar.from.slice(0, 7)}-01` as LocalDate, 4);
  const from = calendar.nextBusinessDay(addDays(month, 9));
  const through = addDays(from, 2);
  return calendar.holds(through) ? { person, from, through } : undefined;
}

/** The first day of each month of the window, and the window's own first day. */
function takenLists(calendar: Calendar): LocalDate[] {
  const days = [calendar.from];
  let first = addMonths(`${calendar.from.slice(0, 7)}-01` as LocalDate, 1);
  for (; first <= calendar.through; first = addMonths(first, 1)) days.push(first);
  return days;
}

function heldAt(
  begin: readonly Holding[],
  changes: readonly AccessChange[],
  at: EpochMs,
): readonly Holding[] {
  const held = [...begin];
  for (const { action, changedAt, approvedBy: _by, ticket: _ticket, id: _id, ...holding } of changes) {
    if (changedAt >= at) break;
    const before = held.findIndex(
      (one) =>
        one.resource === holding.resource && one.inGroup === holding.inGroup && one.person === holding.person,
    );
    if (before >= 0) held.splice(before, 1);
    if (action !== "removed") held.push(holding);
  }
  return held;
}

/** Whoever mended the incident read the lake by an account that ends by itself. */
function emergencies(
  person: SamplePerson,
  approvedBy: SamplePerson,
  incidents: readonly SampleIncident[],
): EmergencySession[] {
  const incident = incidents.find(({ summary }) => summary.includes("error logs held prompts"));
  if (incident === undefined) return [];
  const startedAt = incident.detectedAt + HOUR_MS;
  return [
    {
      id: "glass-001",
      person,
      approvedBy,
      startedAt,
      endedAt: startedAt + 1.5 * HOUR_MS,
      ticket: incident.id,
    },
  ];
}

export function lakeTables({ lists, members, changes, sessions }: LakeAccess): SampleTable[] {
  const holder = [
    { header: "User", field: "person", as: "email", cell: (row: Holding) => row.person?.email },
    { header: "Service account", field: "serviceAccount", cell: (row: Holding) => row.serviceAccount },
    { header: "Group", field: "group", cell: (row: Holding) => row.group },
  ];
  const role = [
    { header: "Role", field: "role", cell: (row: Holding) => row.role },
    { header: "Reads", field: "reads", as: "yes-no", cell: (row: Holding) => row.reads },
  ];
  const tables = [
    makeTable<ListedAccess>(
      { source: "lake-lists", kind: "access-entry" },
      [
        { header: "Entry", field: "id", cell: (row) => row.id },
        { header: "Resource", field: "resource", cell: (row) => row.resource },
        { header: "Taken", field: "listedAt", cell: (row) => utc(row.listedAt) },
        ...holder,
        ...role,
      ],
      lists,
    ),
    makeTable<ListedAccess>(
      { source: "lake-groups", kind: "group-member" },
      [
        { header: "Entry", field: "id", cell: (row) => row.id },
        { header: "Of group", field: "inGroup", cell: (row) => row.inGroup },
        { header: "Taken", field: "listedAt", cell: (row) => utc(row.listedAt) },
        ...holder,
      ],
      members,
    ),
    makeTable<AccessChange>(
      {
        source: "lake-changes",
        kind: "access-event",
        watches: [LAKE, TRAINER, `group:${MODEL_GROUP}`],
      },
      [
        { header: "Change", field: "id", cell: (row) => row.id },
        { header: "At", field: "changedAt", cell: (row) => utc(row.changedAt) },
        { header: "What", field: "action", cell: (row) => row.action },
        { header: "Resource", field: "resource", cell: (row) => row.resource },
        { header: "Of group", field: "inGroup", cell: (row) => row.inGroup },
        ...holder,
        ...role,
        { header: "Approved by", field: "approvedBy", as: "email", cell: (row) => row.approvedBy?.email },
        { header: "Ticket", field: "ticket", cell: (row) => row.ticket },
      ],
      changes,
    ),
  ];
  if (sessions.length === 0) return tables;
  const glass = makeTable<EmergencySession>(
    { source: "break-glass", kind: "session", watches: [LAKE] },
    [
      { header: "Session", field: "id", cell: (row) => row.id },
      { header: "User", field: "person", as: "email", cell: (row) => row.person.email },
      { header: "System", field: "system", cell: () => LAKE },
      { header: "Start", field: "startedAt", cell: (row) => utc(row.startedAt) },
      { header: "End", field: "endedAt", cell: (row) => utc(row.endedAt) },
      { header: "Approver", field: "approvedBy", as: "email", cell: (row) => row.approvedBy.email },
      { header: "Ticket", field: "ticket", cell: (row) => row.ticket },
    ],
    sessions,
  );
  return [...tables, glass];
}
