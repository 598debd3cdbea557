/** Evidence that people add by hand: minutes, reviews, drills and tests, one performance for each time. */
import {
  addDays,
  formatInstant,
  type EpochMs,
  type Instant,
  type Json,
  type JsonObject,
  type LocalDate,
} from "@countersign/kernel";
import type { Provenance } from "@countersign/records";
import type { SampleAccount } from "./access-lists.ts";
import type { Calendar } from "./calendar.ts";
import { SAMPLE_MARK, type SamplePerson } from "./company.ts";
import { csvText } from "./csv.ts";
import { PERIODIC_PLANS, type PeriodicPlan, type Told } from "./periodic.ts";
import { periodsOf, type SamplePeriod } from "./periods.ts";
import type { SeededRandom } from "./random.ts";

/** What `evidence add` is told. */
export type SamplePerformance = {
  readonly control: string;
  readonly activity: string;
  readonly occurrence: string;
  readonly performed: { readonly at: Instant; readonly provenance: Provenance };
  /** A handle of people.yaml. */
  readonly performedBy: string;
  /** Facts of the kind `performance`; `reviewedBy` and `attendees` are handles. */
  readonly facts: JsonObject;
  /** Relative to the sample's home. */
  readonly files: readonly string[];
};

/** Facts of a performance that name people. */
const FACTS_OF_PEOPLE = ["reviewedBy", "attendees"];

/** The facts of a performance with people under the ids that `idOf` gives for their handles. */
export function factsWithIds(facts: JsonObject, idOf: (handle: string) => string): JsonObject {
  const idsOf = (value: Json): Json =>
    Array.isArray(value) ? value.map(idsOf) : typeof value === "string" ? idOf(value) : value;
  return Object.fromEntries(
    Object.entries(facts).map(([fact, value]) => [
      fact,
      FACTS_OF_PEOPLE.includes(fact) ? idsOf(value) : value,
    ]),
  );
}

/** How one occurrence stands as of the sample's own date. */
export type PlannedOccurrence = {
  readonly control: string;
  readonly activity: string;
  readonly occurrence: string;
  readonly state: Told | "not-due";
  /** The attribute that deviated or is unknown. */
  readonly attribute?: string;
  readonly why: string;
};

export type SampleEvidence = {
  readonly performances: readonly SamplePerformance[];
  readonly occurrences: readonly PlannedOccurrence[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
};

const PROVENANCE: readonly Provenance[] = ["file", "source", "file", "asserted"];

/**
 * @param asOf the local date on which the sample is assessed: what is due later and was not yet performed is not due
 * @param accounts the accounts of each quarter's list, by the quarter's name
 */
export function planEvidence(
  calendar: Calendar,
  people: readonly SamplePerson[],
  accounts: ReadonlyMap<string, readonly SampleAccount[]>,
  asOf: LocalDate,
  random: SeededRandom,
): SampleEvidence {
  const performances: SamplePerformance[] = [];
  const occurrences: PlannedOccurrence[] = [];
  const files: { path: string; text: string }[] = [];
  for (const plan of PERIODIC_PLANS) {
    const until = plan.untilDay === undefined ? undefined : calendar.day(plan.untilDay);
    const periods = periodsOf(plan.every, calendar).filter(
      (period) => until === undefined || period.through < until,
    );
    for (const [index, period] of periods.entries()) {
      const told = plan.told[Math.min(index, plan.told.length - 1)] ?? "operated";
      const list = accounts.get(period.id);
      const facts = factsOf(plan, told, list);
      const times = timesOf(calendar, plan, period, index, told, random).filter(
        (at) => calendar.dateAt(at) < asOf,
      );
      occurrences.push(occurrenceOf(calendar, plan, period, told, times.length > 0, asOf));
      const [first] = times;
      if (first === undefined) continue;
      const written = filesOf(plan, period, facts, calendar.dateAt(first), people, list);
      files.push(...written);
      for (const at of times) {
        performances.push({
          control: plan.control,
          activity: plan.activity,
          occurrence: period.id,
          performed: { at: formatInstant(at), provenance: provenanceOf(plan, index) },
          performedBy: plan.by,
          facts,
          files: written.map((file) => file.path),
        });
      }
    }
  }
  return { performances, occurrences, files };
}

/** When it was performed: never, once, or in one month twice, where the second time cures no other month. */
function timesOf(
  calendar: Calendar,
  plan: PeriodicPlan,
  period: SamplePeriod,
  index: number,
  told: Told,
  random: SeededRandom,
): EpochMs[] {
  if (told === "missed" || told === "not-applicable") return [];
  if (index === plan.lastMoment)
    return [calendar.at(dueOf(calendar, plan, period), 23, random.integer(30, 59))];
  const days = told === "late" ? (plan.lateAfter ?? 60) : plan.after;
  const date = businessDayAfter(calendar, period.through, days);
  const times = [calendar.workingTime(date, random)];
  if (index === plan.twice) times.push(calendar.workingTime(businessDayAfter(calendar, date, 1), random));
  return times;
}

/** The same lateness stands once with a source's time and once with a typed one; elsewhere by turns. */
function provenanceOf(plan: PeriodicPlan, index: number): Provenance {
  if (plan.every === "month") return plan.told[index] === "late" && index > 6 ? "asserted" : "source";
  return PROVENANCE[(index + plan.title.length) % PROVENANCE.length] ?? "file";
}

/** The business day that lies so many business days after a date; before it where below zero. */
function businessDayAfter(calendar: Calendar, date: LocalDate, days: number): LocalDate {
  const step = days < 0 ? -1 : 1;
  let day = date;
  for (let left = Math.abs(days); left > 0;) {
    day = addDays(day, step);
    if (calendar.isBusinessDay(day)) left -= 1;
  }
  return day;
}

function dueOf(calendar: Calendar, plan: PeriodicPlan, period: SamplePeriod): LocalDate {
  if (plan.due.calendar === "calendar") return addDays(period.through, plan.due.days);
  return businessDayAfter(calendar, period.through, plan.due.days);
}

function occurrenceOf(
  calendar: Calendar,
  plan: PeriodicPlan,
  period: SamplePeriod,
  told: Told,
  performed: boolean,
  asOf: LocalDate,
): PlannedOccurrence {
  const about = { control: plan.control, activity: plan.activity, occurrence: period.id };
  if (told === "not-applicable") return { ...about, state: told, why: NOT_APPLICABLE_REASON };
  if (!performed || told === "missed") {
    // What will be performed late, after the sample's date, is missed as yet.
    const runs = dueOf(calendar, plan, period) >= asOf;
    return runs
      ? { ...about, state: "not-due", why: "its term still runs" }
      : { ...about, state: "missed", why: "no performance is recorded" };
  }
  switch (told) {
    case "deviated":
      return {
        ...about,
        state: told,
        ...(plan.deviates === undefined ? {} : { attribute: plan.deviates.attribute }),
        why: plan.deviates?.why ?? "",
      };
    case "unknown":
      return {
        ...about,
        state: told,
        ...(plan.hides === undefined ? {} : { attribute: plan.hides.attribute }),
        why: `the record does not say ${plan.hides?.fact ?? ""}`,
      };
    case "late":
      return { ...about, state: told, why: "performed after it was due" };
    case "operated":
      return { ...about, state: told, why: "performed in time and as stated" };
  }
}

/** Stands beside the capacity review that was not owed. */
export const NOT_APPLICABLE_REASON =
  "All pools stood still for the move to another region, under a plan of its own";

function factsOf(plan: PeriodicPlan, told: Told, accounts: readonly SampleAccount[] | undefined): JsonObject {
  const facts: { [fact: string]: Json } = { ...plan.facts };
  if (plan.control === "IAM-04" && accounts !== undefined) {
    const removals = accounts.filter((account) => account.decision === "remove");
    facts.listed = accounts.length;
    facts.decided = accounts.length;
    facts.removalsDecided = removals.length;
    facts.removalsProven = removals.filter((account) => account.removedAt !== undefined).length;
  }
  if (told === "deviated") Object.assign(facts, plan.deviates?.facts);
  if (told === "unknown" && plan.hides !== undefined) delete facts[plan.hides.fact];
  return facts;
}

function filesOf(
  plan: PeriodicPlan,
  period: SamplePeriod,
  facts: JsonObject,
  date: LocalDate,
  people: readonly SamplePerson[],
  accounts: readonly SampleAccount[] | undefined,
): { path: string; text: string }[] {
  const stem = `evidence/${plan.control}/${period.id}-${plan.activity}`;
  const nameOf = (handle: string) => people.find((person) => person.handle === handle)?.name ?? handle;
  const said = (value: Json): string => {
    if (Array.isArray(value)) return value.map((one) => said(one as Json)).join(", ");
    return typeof value === "string" ? value : String(value);
  };
  const named = factsWithIds(facts, nameOf);
  const lines = [
    `${plan.title}, ${period.id}`,
    SAMPLE_MARK,
    "",
    `Date: ${date}`,
    `By: ${nameOf(plan.by)}`,
    ...Object.entries(named).map(([fact, value]) => `${fact}: ${said(value)}`),
  ];
  const files = [{ path: `${stem}.txt`, text: `${lines.join("\n")}\n` }];
  if (plan.control === "IAM-04" && accounts !== undefined) {
    const text = csvText(
      ["System", "Account", "Role", "Decision"],
      accounts.map((account) => [account.system, account.name, account.role, account.decision]),
    );
    files.push({ path: `${stem}-list.csv`, text });
  }
  return files;
}
