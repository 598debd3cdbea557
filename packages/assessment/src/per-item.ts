/** Occurrences of per-item activities: one for each item that owes it, judged as its line is read. */
import { formatInstant, type EpochMs } from "@countersign/kernel";
import type { PerItemActivity } from "@countersign/program";
import type { ItemKind, ItemLine, PersonId } from "@countersign/records";
import { epochOfFact, instantOfFact } from "./fact-time.ts";
import type { Frame } from "./frame.ts";
import type { Facts } from "./judge.ts";
import type { AttributeResult, Occurrence } from "./model.ts";
import { activityKey, judgeAttributes, stateOf, type ActivityPlan } from "./plan.ts";
import { notApplicableResults, type Report } from "./report.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const HOUR_MS = 3_600_000;

/** What an item is, whatever activity looks at it. */
type Placed = {
  readonly item: Facts;
  readonly id: string;
  readonly at: EpochMs;
  readonly instant: Occurrence["at"];
  readonly week: number;
};

/** `looked`: items in the window that the version was in force for, whether they owe it or not. */
type Counted = { readonly plan: ActivityPlan<PerItemActivity>; readonly termMs: number; looked: number };

export type PerItemFeed = {
  /** @param into takes the occurrences that the line causes */
  feed(line: ItemLine, into: Occurrence[]): void;
  /** Counts what was read and is owed by nothing. To be called once, after the last line. */
  finish(): { readonly outside: readonly { readonly reason: string; readonly count: number }[] };
};

/** @param plans every per-item activity of the kind, all versions, each control's in the order of time */
export function createPerItemFeed(
  kind: ItemKind,
  plans: readonly ActivityPlan<PerItemActivity>[],
  frame: Frame,
  report: Report,
): PerItemFeed {
  const outside = { before: 0, after: 0, "after-as-of": 0, unreadable: 0 };
  const counted: readonly Counted[] = plans.map((plan) => ({
    plan,
    termMs: (plan.activity.termHours ?? 0) * HOUR_MS,
    looked: 0,
  }));
  const owersOfErased = [
    ...lastByActivity(plans.filter((plan) => plan.interval.start <= frame.asOf)).values(),
  ];
  let inWindow = 0;

  const placeOf = (item: Facts): Placed | undefined => {
    const written = item[kind.cutOff];
    const at = epochOfFact(written);
    if (at === undefined) outside.unreadable++;
    else if (at < frame.interval.start) outside.before++;
    else if (at >= frame.interval.end) outside.after++;
    else if (at > frame.asOf) outside["after-as-of"]++;
    else {
      inWindow++;
      const instant = instantOfFact(written, at);
      return { item, id: String(item["id"]), at, instant, week: frame.weekOf(at) };
    }
    return undefined;
  };

  return {
    feed(line, into) {
      if ("erased" in line) {
        for (const plan of owersOfErased) {
          const occurrence = erasedOccurrence(plan, line.erased, frame);
          report.add(plan, occurrence);
          into.push(occurrence);
        }
        return;
      }
      const placed = placeOf(line.item);
      if (placed === undefined) return;
      for (const each of counted) {
        const { interval } = each.plan;
        if (placed.at < interval.start || placed.at >= interval.end) continue;
        each.looked++;
        const occurrence = judgeItem(each.plan, each.termMs, kind, placed, frame);
        if (occurrence === undefined) continue;
        report.add(each.plan, occurrence);
        into.push(occurrence);
      }
    },
    finish() {
      for (const [key, last] of lastByActivity(plans)) {
        const looked = counted.reduce((sum, each) => (keyOf(each.plan) === key ? sum + each.looked : sum), 0);
        last.tally.exclude("no version that asks for it was in force at its time", inWindow - looked);
      }
      return { outside: outsideRows(kind, outside) };
    },
  };
}

function outsideRows(
  kind: ItemKind,
  outside: {
    readonly before: number;
    readonly after: number;
    readonly "after-as-of": number;
    readonly unreadable: number;
  },
): readonly { readonly reason: string; readonly count: number }[] {
  return [
    { reason: `${kind.cutOff} lies before the window`, count: outside.before },
    { reason: `${kind.cutOff} lies after the window`, count: outside.after },
    { reason: `${kind.cutOff} lies after the as-of time`, count: outside["after-as-of"] },
    { reason: `${kind.cutOff} cannot be read, so no window holds it`, count: outside.unreadable },
  ].filter((row) => row.count > 0);
}

/** @returns undefined where the activity's own rule leaves the item out */
function judgeItem(
  plan: ActivityPlan<PerItemActivity>,
  termMs: number,
  kind: ItemKind,
  placed: Placed,
  frame: Frame,
): Occurrence | undefined {
  const owes = plan.owes(placed.item);
  if (owes === false) {
    plan.tally.exclude(`left out by the rule: ${plan.activity.where ?? ""}`);
    return undefined;
  }
  const results = owes === true ? judgeAttributes(plan, placed.item) : plan.attributes.map(() => owes);
  const occurrence: Mutable<Occurrence> = {
    control: plan.control.id,
    version: plan.control.version,
    activity: plan.activity.id,
    id: placed.id,
    at: placed.instant,
    week: placed.week,
    state: "operated",
    attributes: results,
  };
  if (kind.actor !== undefined) {
    const actor = placed.item[kind.actor];
    if (typeof actor === "string") occurrence.person = actor as PersonId;
  }
  if (kind.title !== undefined) {
    const title = placed.item[kind.title];
    if (typeof title === "string") occurrence.title = title;
  }
  if (owes !== true) {
    occurrence.state = "unknown";
    occurrence.detail = owes.state === "unknown" ? owes.detail : "whether it is owed is not known";
  } else if (results !== plan.allOperated) {
    occurrence.state = stateOf(results);
  }
  if (occurrence.state !== "operated" && placed.at + termMs > frame.asOf && termMs > 0) {
    occurrence.state = "not-due";
    occurrence.attributes = [];
    occurrence.detail = `its term of ${plan.activity.termHours} hours runs until ${formatInstant(placed.at + termMs)}`;
  }
  if (plan.notApplicable.size > 0) {
    Object.assign(occurrence, notApplicableResults(plan, placed.id, occurrence.state));
  }
  return occurrence;
}

/** An erased item's time is gone with it: it is shown in the last week that the activity was owed in. */
function erasedOccurrence(plan: ActivityPlan<PerItemActivity>, leafHash: string, frame: Frame): Occurrence {
  const at = Math.min(plan.interval.end - 1, Math.max(frame.asOf, plan.interval.start));
  const erased: AttributeResult = {
    state: "unknown",
    reason: "erased",
    detail: "the item was erased; its leaf remains",
  };
  return {
    control: plan.control.id,
    version: plan.control.version,
    activity: plan.activity.id,
    id: `erased:${leafHash}`,
    at: formatInstant(at),
    week: frame.weekOf(at),
    state: "unknown",
    attributes: plan.attributes.map(() => erased),
    detail:
      "the item was erased, and its time with it; it stands in the last week that it could have been owed in",
  };
}

/** The last version of each activity: an erased item is owed once, and which version was in force for it is not known. */
function lastByActivity(
  plans: readonly ActivityPlan<PerItemActivity>[],
): ReadonlyMap<string, ActivityPlan<PerItemActivity>> {
  return new Map(plans.map((plan) => [keyOf(plan), plan]));
}

function keyOf(plan: ActivityPlan): string {
  return activityKey(plan.control.id, plan.activity.id);
}
