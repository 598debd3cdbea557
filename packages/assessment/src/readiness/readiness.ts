/** Readiness: what a service auditor would find today, per criterion, from the program and the newest assessment alone. */
import { addDays, epochOf, localDateAt, type LocalDate, type TimeZone } from "@countersign/kernel";
import {
  categoryOf,
  criterionIds,
  type ControlVersion,
  type Person,
  type Program,
} from "@countersign/program";
import type { PersonId } from "@countersign/records";
import { probabilityAtMost } from "../hypergeometric.ts";
import type { ActivitySummary, Gap, Summary } from "../model.ts";
import type {
  AtRisk,
  ControlReadiness,
  CriterionReadiness,
  DrawForecast,
  Forgetting,
  Missing,
  Readiness,
  StepName,
  StepState,
  Steps,
} from "./model.ts";
import { steps } from "./model.ts";
import { bounded, stepsOf, together } from "./steps.ts";

export type ReadinessInput = {
  readonly program: Program;
  /** Of the newest assessment, over the window. */
  readonly summary: Summary;
  /** The directory's people with their days, for owners who left. */
  readonly people: readonly Pick<Person, "id" | "through">[];
  /** What else the design of a criterion lacks (the program's own gaps). */
  readonly designGaps?: readonly {
    readonly criteria: readonly string[];
    readonly what: string;
    readonly next: string;
    readonly owner?: PersonId;
  }[];
  /** The last day that each source was read through. */
  readonly readThrough?: ReadonlyMap<string, LocalDate>;
  /** Sample sizes to look at; none are assumed. */
  readonly sizes?: readonly number[];
};

export function readiness(input: ReadinessInput): Readiness {
  const { program, summary } = input;
  const today = localDateAt(program.window.zone as TimeZone, epochOf(summary.asOf));
  const left = new Set(
    input.people.filter(({ through }) => through !== undefined && through < today).map(({ id }) => id),
  );
  const summaries = new Map(summary.controls.map((control) => [control.id, control]));
  const zone = program.window.zone as TimeZone;
  const outages = new Map<string, Gap[]>();
  for (const gap of summary.gaps)
    for (const id of gap.controls) outages.set(id, [...(outages.get(id) ?? []), gap]);
  const versions = Map.groupBy(program.controls, ({ id }) => id);
  const controls = [...versions].map(([id, all]): ControlReadiness => {
    const version = inForce(all, today);
    const hasLeft = version?.owner !== undefined && left.has(version.owner);
    const title = version?.title ?? all.at(-1)?.title ?? id;
    return { id, title, ...stepsOf(id, version, hasLeft, summaries.get(id), outages.get(id) ?? [], zone) };
  });
  return {
    criteria: criteriaOf(input, new Map(controls.map((control) => [control.id, control]))),
    controls,
    atRisk: summary.controls.flatMap((control) =>
      control.activities.flatMap((activity) =>
        riskOf(control.id, activity, inForce(versions.get(control.id) ?? [], today), left),
      ),
    ),
    draws: drawsOf(summary, input.sizes ?? []),
    forgetting: forgettingOf(program, input.readThrough ?? new Map(), today),
  };
}

function inForce(versions: readonly ControlVersion[], day: LocalDate): ControlVersion | undefined {
  return versions.find(
    ({ effectiveFrom, effectiveThrough }) =>
      (effectiveFrom === undefined || effectiveFrom <= day) &&
      (effectiveThrough === undefined || day <= effectiveThrough),
  );
}

function criteriaOf(
  { program, designGaps = [] }: ReadinessInput,
  controls: ReadonlyMap<string, ControlReadiness>,
): readonly CriterionReadiness[] {
  const notRelevant = new Map(program.notRelevant.map(({ criterion, reason }) => [criterion, reason]));
  const subservice = new Map(
    program.subservice.map(({ criterion, organization }) => [criterion, organization]),
  );
  const answering = new Map<string, Set<string>>();
  const asked = new Map<string, number>();
  for (const version of program.controls)
    for (const criterion of version.criteria) {
      const ids = answering.get(criterion) ?? new Set();
      answering.set(criterion, ids.add(version.id));
      if (version.askedFirst !== undefined)
        asked.set(criterion, Math.min(version.askedFirst, asked.get(criterion) ?? Number.POSITIVE_INFINITY));
    }
  const gaps = new Map<string, Missing[]>();
  for (const { criteria, what, next, owner } of designGaps)
    for (const criterion of criteria) {
      const list = gaps.get(criterion) ?? [];
      list.push({ step: "designed", what, next, ...(owner !== undefined && { owner }) });
      gaps.set(criterion, list);
    }
  return criterionIds
    .filter((criterion) => program.categories.includes(categoryOf(criterion)))
    .map((criterion): CriterionReadiness => {
      const askedFirst = asked.get(criterion);
      const own = gaps.get(criterion) ?? [];
      const base = { criterion, ...(askedFirst !== undefined && { askedFirst }) };
      const reason = notRelevant.get(criterion);
      if (reason !== undefined) return { ...base, answeredBy: "not-relevant", reason, missing: own };
      const ids = [...(answering.get(criterion) ?? [])];
      const answers = ids.flatMap((id) => controls.get(id) ?? []);
      const organization = subservice.get(criterion);
      if (answers.length === 0 && organization !== undefined)
        return { ...base, answeredBy: "subservice", organization, missing: own };
      if (answers.length === 0)
        return {
          ...base,
          answeredBy: "nothing",
          missing: [
            {
              step: "designed",
              what: "no control answers it",
              next: "add a control, or name it under `notRelevant`",
            },
            ...own,
          ],
        };
      return {
        ...base,
        answeredBy: "controls",
        controls: ids,
        steps: stepsTogether(answers, own.length > 0),
        missing: [...own, ...answers.flatMap(({ missing }) => missing)],
      };
    })
    .sort(byUrgency);
}

/** A design that lacks something is at most partly one. */
function stepsTogether(answers: readonly ControlReadiness[], lacksDesign: boolean): Steps {
  const result = Object.fromEntries(
    steps.map((step: StepName) => [step, together(answers.map((answer) => answer.steps[step]))]),
  ) as { -readonly [step in StepName]: StepState };
  if (lacksDesign && result.designed === "yes") result.designed = "partly";
  return bounded(result);
}

/** What lacks something before what lacks nothing; what is asked first before the rest; then as the criteria are ordered. */
function byUrgency(a: CriterionReadiness, b: CriterionReadiness): number {
  const lacking = Number(b.missing.length > 0) - Number(a.missing.length > 0);
  const asked = (a.askedFirst ?? Number.MAX_SAFE_INTEGER) - (b.askedFirst ?? Number.MAX_SAFE_INTEGER);
  return lacking || asked || criterionIds.indexOf(a.criterion) - criterionIds.indexOf(b.criterion);
}

function riskOf(
  control: string,
  activity: ActivitySummary,
  version: ControlVersion | undefined,
  left: ReadonlySet<PersonId>,
): readonly AtRisk[] {
  const { counts } = activity;
  const toCome = counts["not-due"];
  if (toCome === 0) return [];
  const failed = counts.late + counts.missed + counts.deviated;
  const past = failed + counts.operated + counts.unknown;
  const why: string[] = [];
  if (failed > 0) why.push(`${failed} of ${past} so far deviated, were late or were missed`);
  if (counts.unknown > 0) why.push(`of ${counts.unknown} of ${past} so far nothing is known`);
  if (version?.owner === undefined) why.push("no person answers for it");
  else if (left.has(version.owner)) why.push("its owner has left");
  return why.length === 0 ? [] : [{ control, activity: activity.id, title: activity.title, toCome, why }];
}

function drawsOf(summary: Summary, sizes: readonly number[]): readonly DrawForecast[] {
  return summary.controls.flatMap((control) =>
    control.activities.flatMap((activity): readonly DrawForecast[] => {
      const { counts } = activity;
      const deviations = counts.deviated + counts.late + counts.missed;
      const items = deviations + counts.operated + counts.unknown;
      if (items === 0 || deviations + counts.unknown === 0) return [];
      return [
        {
          control: control.id,
          activity: activity.id,
          items,
          deviations,
          unknown: counts.unknown,
          meets: sizes.map((size) => ({
            size,
            perTenThousand: inTenThousand(
              1 - probabilityAtMost(0, { population: items, deviations, sampled: Math.min(size, items) }),
            ),
          })),
        },
      ];
    }),
  );
}

/** Rounded down; 1 − 0.9 is a little less than 0.1 in binary, and means 0.1. */
function inTenThousand(probability: number): number {
  return Math.floor(10_000 * probability + 1e-6);
}

/** Of sources that say how long they keep what they hold. */
export function forgettingOf(
  { sources, window }: Program,
  readThrough: ReadonlyMap<string, LocalDate>,
  today: LocalDate,
): readonly Forgetting[] {
  return sources.flatMap(({ id, keepsDays }): readonly Forgetting[] => {
    if (keepsDays === undefined) return [];
    const through = readThrough.get(id);
    const unreadFrom = through === undefined || through < window.from ? window.from : addDays(through, 1);
    if (unreadFrom > window.through) return [];
    const lostOn = addDays(unreadFrom, keepsDays);
    return [{ source: id, keepsDays, unreadFrom, lostOn, lostAlready: lostOn <= today }];
  });
}
