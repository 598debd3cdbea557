/** What everyone had to learn and sign within the year. */
import { addDays, DAY_MS, type EpochMs, type LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { makeTable, numbered, utc, type SampleTable } from "./table.ts";

/** A duty with a due date, of one kind or the other. */
export type SampleDuty = {
  readonly id: string;
  readonly person: SamplePerson;
  readonly dueAt: EpochMs;
  /** Undefined: not done when the list was exported. */
  readonly doneAt: EpochMs | undefined;
};

/** Everyone who works there when the course is assigned has it to do; one is late, one never does it. */
export function planDuties(
  calendar: Calendar,
  people: readonly SamplePerson[],
  about: { readonly prefix: string; readonly assigned: LocalDate; readonly days: number },
  random: SeededRandom,
): SampleDuty[] {
  const due = addDays(about.assigned, about.days);
  // A window that ends before the due date holds no such duty.
  if (!calendar.holds(due)) return [];
  const dueAt = calendar.at(due, 23, 59);
  const owing = people.filter((person) => employedOn(person, about.assigned) && employedOn(person, due));
  return owing.map((person, index) => {
    const done = calendar.at(
      addDays(about.assigned, random.integer(1, about.days - 2)),
      random.integer(9, 17),
      random.integer(0, 59),
    );
    const late = index === 6 ? dueAt + 4 * DAY_MS : done;
    return {
      id: numbered(about.prefix, index, 3),
      person,
      dueAt,
      doneAt: index === 19 ? undefined : late,
    };
  });
}

export function trainingTable(duties: readonly SampleDuty[]): SampleTable {
  return makeTable<SampleDuty>(
    { source: "training", kind: "training" },
    [
      { header: "Assignment", field: "id", cell: (row) => row.id },
      { header: "Learner", field: "person", as: "email", cell: (row) => row.person.email },
      { header: "Course", field: "course", cell: () => "Security and AI, yearly" },
      { header: "Due", field: "dueAt", cell: (row) => utc(row.dueAt) },
      { header: "Completed", field: "completed", as: "yes-no", cell: (row) => row.doneAt !== undefined },
      { header: "Completed at", field: "completedAt", cell: (row) => utc(row.doneAt) },
    ],
    duties,
  );
}

export function acknowledgementTable(duties: readonly SampleDuty[]): SampleTable {
  return makeTable<SampleDuty>(
    { source: "policy-signatures", kind: "acknowledgement" },
    [
      { header: "Request", field: "id", cell: (row) => row.id },
      { header: "Signer", field: "person", as: "email", cell: (row) => row.person.email },
      { header: "Policy", field: "policy", cell: () => "Code of conduct and policies" },
      { header: "Version", field: "version", cell: () => "4" },
      { header: "Due", field: "dueAt", cell: (row) => utc(row.dueAt) },
      { header: "Signed", field: "acknowledged", as: "yes-no", cell: (row) => row.doneAt !== undefined },
      { header: "Signed at", field: "acknowledgedAt", cell: (row) => utc(row.doneAt) },
    ],
    duties,
  );
}
