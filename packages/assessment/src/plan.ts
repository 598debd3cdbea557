/** The program's activities, compiled once: rules, and the part of the window in which each version is in force. */
import { addDays, startOfDay, type EpochMs, type Interval, type LocalDate } from "@countersign/kernel";
import type {
  Activity,
  ControlVersion,
  PeriodicActivity,
  PerItemActivity,
  StateActivity,
} from "@countersign/program";
import { itemKindOf, type ItemKind, type PersonId } from "@countersign/records";
import type { AssessmentInput } from "./input.ts";
import type { Frame } from "./frame.ts";
import {
  compileAttribute,
  compileWhere,
  OPERATED,
  type CompiledAttribute,
  type Explainer,
  type Facts,
  type Owes,
} from "./judge.ts";
import type { AttributeResult, PopulationInput } from "./model.ts";
import { ActivityTally } from "./tally.ts";

export type NotApplicable = { readonly reason: string; readonly approver: PersonId };

/** One activity under one version of its control, in the part of the window in which that version is in force. */
export type ActivityPlan<A extends Activity = Activity> = {
  readonly control: ControlVersion;
  readonly activity: A;
  readonly kind: ItemKind;
  /** Local dates and instants of the version inside the window. */
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly interval: Interval;
  readonly population: PopulationInput | undefined;
  owes(item: Facts): Owes;
  readonly attributes: readonly CompiledAttribute[];
  /** The one list of results that fully operated occurrences share. */
  readonly allOperated: readonly AttributeResult[];
  /** By occurrence id. */
  readonly notApplicable: ReadonlyMap<string, NotApplicable>;
  readonly tally: ActivityTally;
};

/** A version inside the window. */
export type VersionPlan = {
  readonly control: ControlVersion;
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly activities: readonly ActivityPlan[];
};

export type ControlPlan = {
  readonly id: string;
  /** Every version, in force in the window or not: the last one names a control that is in force nowhere in it. */
  readonly all: readonly ControlVersion[];
  /** Those in force inside the window, in the order of time. */
  readonly versions: readonly VersionPlan[];
};

export function planControls(input: AssessmentInput, frame: Frame): readonly ControlPlan[] {
  const populations = new Map(input.populations.map((each) => [each.use.kind, each]));
  const notApplicable = notApplicableByActivity(input);
  const byId = new Map<string, ControlVersion[]>();
  for (const control of input.program.controls) {
    const versions = byId.get(control.id);
    if (versions === undefined) byId.set(control.id, [control]);
    else versions.push(control);
  }
  return [...byId].map(([id, all]) => ({
    id,
    all,
    versions: all
      .flatMap((control) => {
        const dates = datesInForce(control, frame);
        if (dates === undefined) return [];
        const activities = control.activities.map((activity) =>
          planActivity(control, activity, dates, frame, populations, notApplicable),
        );
        return [{ control, ...dates, activities }];
      })
      .sort((a, b) => (a.from < b.from ? -1 : 1)),
  }));
}

function datesInForce(
  control: ControlVersion,
  frame: Frame,
): { readonly from: LocalDate; readonly through: LocalDate } | undefined {
  const { period } = frame;
  const from =
    control.effectiveFrom !== undefined && control.effectiveFrom > period.from
      ? control.effectiveFrom
      : period.from;
  const through =
    control.effectiveThrough !== undefined && control.effectiveThrough < period.through
      ? control.effectiveThrough
      : period.through;
  return from <= through ? { from, through } : undefined;
}

function planActivity(
  control: ControlVersion,
  activity: Activity,
  dates: { readonly from: LocalDate; readonly through: LocalDate },
  frame: Frame,
  populations: ReadonlyMap<string, PopulationInput>,
  notApplicable: ReadonlyMap<string, ReadonlyMap<string, NotApplicable>>,
): ActivityPlan {
  const kindName = activity.kind === "periodic" ? "performance" : activity.population;
  const kind = itemKindOf(kindName);
  if (kind === undefined) throw new TypeError(`${control.id} ${activity.id}: no item kind ${kindName}`);
  const population = activity.kind === "periodic" ? undefined : populations.get(kindName);
  const explainer = explainerOf(activity, population);
  const allOperated = Object.freeze(activity.attributes.map(() => OPERATED));
  return {
    control,
    activity,
    kind,
    ...dates,
    interval: {
      start: startOfDay(frame.zone, dates.from),
      end: startOfDay(frame.zone, addDays(dates.through, 1)),
    },
    population,
    owes: compileWhere("where" in activity ? activity.where : undefined, kind, explainer),
    attributes: activity.attributes.map((attribute) => compileAttribute(attribute, kind, explainer)),
    allOperated,
    notApplicable: notApplicable.get(activityKey(control.id, activity.id)) ?? new Map(),
    tally: new ActivityTally(activity.attributes, allOperated, frame.weeks.length),
  };
}

function explainerOf(activity: Activity, population: PopulationInput | undefined): Explainer {
  if (activity.kind === "periodic") {
    return { subject: "the evidence", lacks: [], suppliedBy: "countersign evidence add" };
  }
  return {
    subject: `the source ${population?.use.source ?? activity.population}`,
    lacks: population?.lacks ?? [],
  };
}

function notApplicableByActivity(
  input: AssessmentInput,
): ReadonlyMap<string, ReadonlyMap<string, NotApplicable>> {
  const byActivity = new Map<string, Map<string, NotApplicable>>();
  for (const { body } of input.notApplicable) {
    const key = activityKey(body.control, body.activity);
    const byOccurrence = byActivity.get(key) ?? new Map<string, NotApplicable>();
    byActivity.set(key, byOccurrence.set(body.occurrence, { reason: body.reason, approver: body.approver }));
  }
  return byActivity;
}

export function activityKey(control: string, activity: string): string {
  return `${control}\n${activity}`;
}

export function isPerItem(plan: ActivityPlan): plan is ActivityPlan<PerItemActivity> {
  return plan.activity.kind === "per-item";
}

export function isPeriodic(plan: ActivityPlan): plan is ActivityPlan<PeriodicActivity> {
  return plan.activity.kind === "periodic";
}

export function isState(plan: ActivityPlan): plan is ActivityPlan<StateActivity> {
  return plan.activity.kind === "state";
}

/** The results of an item's attributes; the shared list when every one of them operated. */
export function judgeAttributes(plan: ActivityPlan, item: Facts): readonly AttributeResult[] {
  const { attributes } = plan;
  let results: AttributeResult[] | undefined;
  for (let i = 0; i < attributes.length; i++) {
    const result = attributes[i]?.judge(item) ?? OPERATED;
    if (result !== OPERATED) {
      results ??= plan.allOperated.slice();
      results[i] = result;
    }
  }
  return results ?? plan.allOperated;
}

/** Any attribute deviated: deviated; else any unknown: unknown; else operated. */
export function stateOf(results: readonly AttributeResult[]): "operated" | "deviated" | "unknown" {
  if (results.some((result) => result.state === "deviated")) return "deviated";
  return results.some((result) => result.state === "unknown") ? "unknown" : "operated";
}

export function isInForce(plan: ActivityPlan, at: EpochMs): boolean {
  return at >= plan.interval.start && at < plan.interval.end;
}
