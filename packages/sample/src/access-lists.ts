/** The quarterly lists of accounts, service accounts and keys, with the decision on each entry. */
import { addDays, type EpochMs, type LocalDate } from "@countersign/kernel";
import { HOUR_MS, type Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, utc, type SampleTable } from "./table.ts";

/** One account on one list, as it was reviewed. */
export type SampleAccount = {
  readonly id: string;
  readonly list: string;
  readonly system: string;
  readonly listedAt: EpochMs;
  /** Undefined: an account of a service. */
  readonly person: SamplePerson | undefined;
  readonly name: string;
  readonly role: string;
  readonly decision: "keep" | "remove";
  readonly reviewer: SamplePerson;
  readonly reviewedAt: EpochMs;
  readonly removedAt: EpochMs | undefined;
};

const SERVICE_ACCOUNTS = ["conveyor", "backup-runner", "metrics-reader", "key-for-quillforge"];

export type AccountList = {
  /** "2025-Q3". */
  readonly name: string;
  readonly taken: LocalDate;
  /** Whether one account that was to be removed is forgotten, and stands on the next list again. */
  readonly forgets: boolean;
};

/** @param lists in the order of time */
export function planAccounts(
  calendar: Calendar,
  people: readonly SamplePerson[],
  lists: readonly AccountList[],
  random: SeededRandom,
): SampleAccount[] {
  const reviewer = people.find((person) => person.handle === "corvan");
  if (reviewer === undefined) throw new TypeError("the company has no head of security");
  const accounts: SampleAccount[] = [];
  const removed = new Set<string>();
  for (const list of lists) {
    const reviewedAt = calendar.at(calendar.nextBusinessDay(addDays(list.taken, 3)), 15, 20);
    let forgets = list.forgets;
    const entries = entriesOf(list, people).filter(({ system, name }) => !removed.has(`${system}/${name}`));
    for (const [index, { system, person, name }] of entries.entries()) {
      // Whoever works on code keeps that account; of the others some are not needed any more,
      // the one in the middle of the list at least.
      const decision =
        system !== "forge" && (index === Math.floor(entries.length / 2) || random.chance(0.05))
          ? "remove"
          : "keep";
      const isForgotten = decision === "remove" && forgets;
      if (isForgotten) forgets = false;
      const isRemoved = decision === "remove" && !isForgotten;
      if (isRemoved) removed.add(`${system}/${name}`);
      accounts.push({
        id: `${list.name}/${system}/${person?.handle ?? name}`,
        list: list.name,
        system,
        listedAt: calendar.at(list.taken, 7),
        person,
        name,
        role: person === undefined ? "service" : random.pick(["member", "member", "maintainer"]),
        decision,
        reviewer,
        reviewedAt,
        removedAt: isRemoved ? reviewedAt + random.integer(1, 40) * HOUR_MS : undefined,
      });
    }
  }
  return accounts;
}

type Entry = { readonly system: string; readonly person: SamplePerson | undefined; readonly name: string };

function entriesOf(list: AccountList, people: readonly SamplePerson[]): Entry[] {
  return ["forge", "cloud-console", "production-cluster"].flatMap((system) => [
    ...people
      .filter((person) => employedOn(person, list.taken) && person.login !== undefined)
      .filter((person) => system !== "production-cluster" || person.reviews > 5)
      .map((person) => ({ system, person, name: person.email })),
    ...SERVICE_ACCOUNTS.map((name) => ({ system, person: undefined, name })),
  ]);
}

export function accountTable(accounts: readonly SampleAccount[]): SampleTable {
  return makeTable<SampleAccount>(
    { source: "access-lists", kind: "account" },
    [
      { header: "Entry", field: "id", cell: (row) => row.id },
      { header: "System", field: "system", cell: (row) => row.system },
      { header: "Listed at", field: "listedAt", cell: (row) => utc(row.listedAt) },
      { header: "Account", cell: (row) => row.name },
      { header: "Owner", field: "person", as: "email", cell: (row) => row.person?.email },
      { header: "Service", field: "service", as: "yes-no", cell: (row) => row.person === undefined },
      { header: "Role", field: "role", cell: (row) => row.role },
      {
        header: "Second factor",
        field: "mfa",
        as: "yes-no",
        cell: (row) => (row.person === undefined ? undefined : "yes"),
      },
      { header: "Active", field: "active", as: "yes-no", cell: () => "yes" },
      { header: "Decision", field: "decision", cell: (row) => row.decision },
      { header: "Reviewer", field: "reviewer", as: "email", cell: (row) => row.reviewer.email },
      { header: "Reviewed at", field: "reviewedAt", cell: (row) => utc(row.reviewedAt) },
      { header: "Removed at", field: "removedAt", cell: (row) => utc(row.removedAt) },
    ],
    accounts,
  );
}
