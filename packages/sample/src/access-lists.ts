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

/** @param lists each list's name ("2025-Q3") and the day on which it was taken */
export function planAccounts(
  calendar: Calendar,
  people: readonly SamplePerson[],
  lists: readonly { readonly name: string; readonly taken: LocalDate }[],
  random: SeededRandom,
): SampleAccount[] {
  const reviewer = people.find((person) => person.handle === "corvan");
  if (reviewer === undefined) throw new TypeError("the company has no head of security");
  const accounts: SampleAccount[] = [];
  for (const { name: list, taken } of lists) {
    const listedAt = calendar.at(taken, 7);
    const reviewedAt = calendar.at(calendar.nextBusinessDay(addDays(taken, 3)), 15, 20);
    for (const system of ["forge", "cloud-console", "production-cluster"]) {
      const users = people.filter(
        (person) =>
          employedOn(person, taken) &&
          person.login !== undefined &&
          (system !== "production-cluster" || person.reviews > 5),
      );
      const entries = [
        ...users.map((person) => ({ person, name: person.email })),
        ...SERVICE_ACCOUNTS.map((name) => ({ person: undefined, name })),
      ];
      for (const { person, name } of entries) {
        const decision = random.chance(0.05) ? "remove" : "keep";
        accounts.push({
          id: `${list}/${system}/${person?.handle ?? name}`,
          list,
          system,
          listedAt,
          person,
          name,
          role: person === undefined ? "service" : random.pick(["member", "member", "maintainer"]),
          decision,
          reviewer,
          reviewedAt,
          removedAt: decision === "remove" ? reviewedAt + random.integer(1, 40) * HOUR_MS : undefined,
        });
      }
    }
  }
  return accounts;
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
