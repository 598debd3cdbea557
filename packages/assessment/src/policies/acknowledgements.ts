/**
 * Which version of each policy is in force on a day, until when its approval holds, and who of the workers of that day had
 * acknowledged it. A duty belongs to a policy whose id or title it names letter by letter, and to the version that it
 * names: what is only alike is not matched, and told as such.
 */
import {
  addDays,
  epochOf,
  startOfDay,
  type Digest,
  type EpochMs,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { isOn, type Dated, type Policy } from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { YEAR_DAYS } from "../program-gaps/seen.ts";

/** A worker's duty to acknowledge (item kind `acknowledgement`), with the record and the time of the read that it is from. */
export type Duty = {
  readonly id: string;
  readonly person: PersonId;
  readonly policy: string;
  readonly version?: string;
  readonly dueAt: Instant;
  readonly acknowledged?: boolean;
  readonly acknowledgedAt?: Instant;
  readonly record: string;
  readonly readAt: Instant;
};

export type Worker = { readonly id: PersonId; readonly from?: LocalDate; readonly through?: LocalDate };

export type PolicyQuestion = {
  readonly policies: readonly Dated<Policy>[];
  /** Of the company, bots not among them. */
  readonly workers: readonly Worker[];
  /** From every list that counts; absent: none was ever collected, which is another thing than an empty one. */
  readonly duties?: readonly Duty[];
  /** Whether each of those lists was read completely: only then who is not on it owes nothing there. */
  readonly isWhole: boolean;
  readonly day: LocalDate;
  readonly zone: TimeZone;
};

export type NotAcknowledged = {
  readonly person: PersonId;
  readonly dueAt: Instant;
  /** When the list was read that says so; later it may be otherwise. */
  readonly readAt: Instant;
  /** After the day. */
  readonly acknowledgedAt?: Instant;
  readonly record: string;
};

export type UnknownAcknowledgement = {
  readonly person: PersonId;
  /**
   * - `not-on-list`: no duty of this version names the worker, and a list was read in part only.
   * - `version-not-told`: a duty of this policy names the worker, and not which version it is of.
   * - `not-told`: the list does not tell whether it was acknowledged.
   * - `time-not-told`: it was acknowledged by the time of the read, and whether by the day is not told.
   */
  readonly reason: "not-on-list" | "version-not-told" | "not-told" | "time-not-told";
};

export type Acknowledgements =
  | {
      readonly state: "unknown";
      /** Of `version-not-on-list`, the lists name other versions of the policy, or none at all. */
      readonly reason: "not-collected" | "no-workers" | "policy-not-on-list" | "version-not-on-list";
      readonly versionsOnList: readonly string[];
    }
  | {
      readonly state: "counted";
      readonly workers: number;
      readonly acknowledged: readonly PersonId[];
      readonly not: readonly NotAcknowledged[];
      /** No duty of this version names them, though every list was read completely. */
      readonly withoutDuty: readonly PersonId[];
      readonly unknown: readonly UnknownAcknowledgement[];
      /** Acknowledged by persons who are no workers of that day: they are counted nowhere else. */
      readonly others: number;
    };

export type PolicyVersion = {
  readonly version: string;
  readonly from?: LocalDate;
  readonly through?: LocalDate;
  readonly acknowledgements: Acknowledgements;
};

export type PolicyOnDay = {
  readonly id: string;
  readonly title: string;
  readonly owner?: PersonId;
  readonly approvedBy?: PersonId;
  readonly approvedOn?: LocalDate;
  /** Through which day the approval is taken to hold: 365 days from its own. Absent where no approval is said. */
  readonly approvalThrough?: LocalDate;
  readonly text?: string;
  readonly textDigest?: Digest;
  /** The version in force first, then those before it, newest first. */
  readonly versions: readonly [PolicyVersion, ...PolicyVersion[]];
};

export type PoliciesOnDay = {
  readonly policies: readonly PolicyOnDay[];
  /** What duties name and no policy of the program is called, with how many there are; in the order of the names. */
  readonly unmatched: readonly { readonly policy: string; readonly duties: number }[];
};

export function policiesOnDay(question: PolicyQuestion): PoliciesOnDay {
  const { policies, duties = [], day, zone } = question;
  const end = startOfDay(zone, addDays(day, 1));
  const workers = question.workers.filter((worker) => isOn(worker, day));
  const byName = Map.groupBy(duties, ({ policy }) => policy);
  const named = new Set<string>();
  const owners = Map.groupBy(
    policies.flatMap((policy) => [...namesOf(policy)].map((name) => ({ name, id: policy.id }))),
    ({ name }) => name,
  );
  const found = policies.flatMap((policy): readonly PolicyOnDay[] => {
    // What two policies are called names neither, unless it is the id of one.
    const names = [...namesOf(policy)].filter((name) => name === policy.id || owners.get(name)?.length === 1);
    for (const name of names) named.add(name);
    const its = names.flatMap((name) => byName.get(name) ?? []);
    const told = versionsUntil(policy, day).map((said): [Policy, PolicyVersion] => [
      said,
      {
        version: said.version,
        ...(said.from !== undefined && { from: said.from }),
        ...(said.through !== undefined && { through: said.through }),
        acknowledgements: acknowledgementsOf(said.version, its, workers, question, end),
      },
    ]);
    const [newest, ...before] = told;
    if (newest === undefined) return [];
    const [{ title, owner, approvedBy, approvedOn, text, textDigest }, inForce] = newest;
    return [
      {
        id: policy.id,
        title,
        ...(owner !== undefined && { owner }),
        ...(approvedBy !== undefined && { approvedBy }),
        ...(approvedOn !== undefined && { approvedOn }),
        ...(approvedBy !== undefined &&
          approvedOn !== undefined && { approvalThrough: addDays(approvedOn, YEAR_DAYS) }),
        ...(text !== undefined && { text }),
        ...(textDigest !== undefined && { textDigest }),
        versions: [inForce, ...before.map(([, version]) => version)],
      },
    ];
  });
  return {
    policies: found,
    unmatched: [...byName]
      .filter(([name]) => !named.has(name))
      .map(([policy, all]) => ({ policy, duties: all.length }))
      .sort((a, b) => (a.policy < b.policy ? -1 : 1)),
  };
}

/** A title that changed is a name all the same: lists that were made before have it. */
function namesOf({ id, versions }: Dated<Policy>): ReadonlySet<string> {
  return new Set([id, ...versions.map(({ title }) => title)]);
}

type Saying = Dated<Policy>["versions"][number];

/**
 * The version in force and those before it. What changes only the approval or the owner is no new version: of sayings with
 * the same version in a row the newest stands, from the first day of them.
 */
function versionsUntil({ versions }: Dated<Policy>, day: LocalDate): readonly Saying[] {
  const all: Saying[] = [];
  for (const said of versions.filter(({ from }) => from === undefined || from <= day)) {
    const before = all.at(-1);
    if (before?.version !== said.version) all.push(said);
    else {
      const { from: _, ...rest } = said;
      all[all.length - 1] = { ...rest, ...(before.from !== undefined && { from: before.from }) };
    }
  }
  const last = all.at(-1);
  return last !== undefined && isOn(last, day) ? all.reverse() : [];
}

function acknowledgementsOf(
  version: string,
  duties: readonly Duty[],
  workers: readonly Worker[],
  { duties: collected, isWhole }: PolicyQuestion,
  end: EpochMs,
): Acknowledgements {
  const versionsOnList = [...new Set(duties.flatMap((duty) => duty.version ?? []))].sort();
  const unknown = (reason: Extract<Acknowledgements, { state: "unknown" }>["reason"]): Acknowledgements => ({
    state: "unknown",
    reason,
    versionsOnList,
  });
  if (collected === undefined) return unknown("not-collected");
  if (workers.length === 0) return unknown("no-workers");
  if (duties.length === 0) return unknown("policy-not-on-list");
  const its = duties.filter((duty) => duty.version === version);
  const unversioned = duties.filter((duty) => duty.version === undefined);
  if (its.length + unversioned.length === 0) return unknown("version-not-on-list");

  const byPerson = Map.groupBy(its, ({ person }) => person);
  const withoutVersion = new Set(unversioned.map(({ person }) => person));
  const counted = {
    acknowledged: [] as PersonId[],
    not: [] as NotAcknowledged[],
    withoutDuty: [] as PersonId[],
    unknown: [] as UnknownAcknowledgement[],
  };
  for (const { id: person } of workers) {
    const states = (byPerson.get(person) ?? []).map((duty) => stateOf(duty, end));
    const reason = states.find((each) => each.state === "unknown")?.reason;
    const not = states.findLast((each) => each.state === "not")?.not;
    if (states.some(({ state }) => state === "acknowledged")) counted.acknowledged.push(person);
    else if (reason !== undefined) counted.unknown.push({ person, reason });
    else if (withoutVersion.has(person)) counted.unknown.push({ person, reason: "version-not-told" });
    else if (not !== undefined) counted.not.push(not);
    else if (isWhole) counted.withoutDuty.push(person);
    else counted.unknown.push({ person, reason: "not-on-list" });
  }
  const here = new Set(workers.map(({ id }) => id));
  const others = [...byPerson].filter(
    ([person, all]) => !here.has(person) && all.some((duty) => stateOf(duty, end).state === "acknowledged"),
  );
  return { state: "counted", workers: workers.length, ...counted, others: others.length };
}

type DutyState =
  | { readonly state: "acknowledged" }
  | { readonly state: "not"; readonly not: NotAcknowledged }
  | { readonly state: "unknown"; readonly reason: "not-told" | "time-not-told" };

/** @param end of the day, half-open */
function stateOf(duty: Duty, end: EpochMs): DutyState {
  const { person, dueAt, readAt, acknowledged, acknowledgedAt, record } = duty;
  if (acknowledged === undefined) return { state: "unknown", reason: "not-told" };
  const not = { person, dueAt, readAt, record };
  if (!acknowledged) return { state: "not", not };
  if (acknowledgedAt !== undefined)
    return epochOf(acknowledgedAt) < end
      ? { state: "acknowledged" }
      : { state: "not", not: { ...not, acknowledgedAt } };
  return epochOf(readAt) < end ? { state: "acknowledged" } : { state: "unknown", reason: "time-not-told" };
}
