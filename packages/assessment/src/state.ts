/**
 * Occurrences of state activities: a setting of a resource, day by day. What no observation covers is unknown, never
 * operated. Observations come in any order, so each is kept as two numbers until the end; what they say is kept once
 * per distinct result.
 */
import { compareText, formatInstant, type EpochMs } from "@countersign/kernel";
import type { StateActivity } from "@countersign/program";
import type { ItemLine } from "@countersign/records";
import { epochOfFact } from "./fact-time.ts";
import type { Day, Frame } from "./frame.ts";
import type { SourceGap } from "./input.ts";
import { OPERATED, type Facts } from "./judge.ts";
import type { AttributeResult } from "./model.ts";
import { judgeAttributes, stateOf, type ActivityPlan } from "./plan.ts";
import { notApplicableResults, type Report } from "./report.ts";

const HOUR_MS = 3_600_000;

/** The observations of one setting of one resource. */
type Track = {
  readonly resource: string;
  readonly setting: string;
  /** Since when it is owed: the resource's own date, or its first observation. */
  since: EpochMs;
  sinceIsStated: boolean;
  readonly at: EpochMs[];
  /** Index into the plan's outcomes. */
  readonly outcome: number[];
};

export type StateFeed = {
  feed(line: ItemLine): void;
  /** Reports every occurrence. To be called once, after the last line. */
  finish(): { readonly erased: number };
};

/** @param gaps declared outages of the source that observes */
export function createStateFeed(
  plan: ActivityPlan<StateActivity>,
  gaps: readonly SourceGap[],
  frame: Frame,
  report: Report,
): StateFeed {
  const coversMs = plan.activity.coversHours * HOUR_MS;
  const tracks = new Map<string, Track>();
  const outcomes: (readonly AttributeResult[])[] = [plan.allOperated];
  const outcomeByText = new Map<string, number>();
  let erased = 0;

  const outcomeOf = (item: Facts, owes: true | AttributeResult): number => {
    const results = owes === true ? judgeAttributes(plan, item) : plan.attributes.map(() => owes);
    if (results === plan.allOperated) return 0;
    const text = JSON.stringify(results);
    const known = outcomeByText.get(text);
    if (known !== undefined) return known;
    outcomeByText.set(text, outcomes.length);
    return outcomes.push(results) - 1;
  };

  return {
    feed(line) {
      if ("erased" in line) {
        erased++;
        return;
      }
      const { item }: { readonly item: Facts } = line;
      const at = epochOfFact(item[plan.kind.cutOff]);
      if (at === undefined || at > frame.asOf || at >= plan.interval.end) return;
      const owes = plan.owes(item);
      if (owes === false) {
        plan.tally.exclude(`left out by the rule: ${plan.activity.where ?? ""}`);
        return;
      }
      const track = trackOf(tracks, String(item["resource"]), String(item["setting"]));
      keepSince(track, at, epochOfFact(item["resourceSince"]));
      // An observation whose cover ended before the version began says only that the resource was there.
      if (at + coversMs <= plan.interval.start) return;
      track.at.push(at);
      track.outcome.push(outcomeOf(item, owes));
    },
    finish() {
      const inOrder = [...tracks.values()].sort(
        (a, b) => compareText(a.resource, b.resource) || compareText(a.setting, b.setting),
      );
      for (const track of inOrder) reportTrack(plan, track, outcomes, coversMs, gaps, frame, report);
      return { erased };
    },
  };
}

function trackOf(tracks: Map<string, Track>, resource: string, setting: string): Track {
  const key = `${resource}\n${setting}`;
  const known = tracks.get(key);
  if (known !== undefined) return known;
  const track: Track = {
    resource,
    setting,
    since: Number.POSITIVE_INFINITY,
    sinceIsStated: false,
    at: [],
    outcome: [],
  };
  tracks.set(key, track);
  return track;
}

/** The earliest date that the source states for the resource; without one, the earliest observation. */
function keepSince(track: Track, observedAt: EpochMs, stated: EpochMs | undefined): void {
  if (stated !== undefined) {
    track.since = track.sinceIsStated ? Math.min(track.since, stated) : stated;
    track.sinceIsStated = true;
  } else if (!track.sinceIsStated) {
    track.since = Math.min(track.since, observedAt);
  }
}

/** What an observation is in force for: from its own time to the next one's, and never longer than the activity allows. */
type Cover = { readonly start: EpochMs; readonly end: EpochMs; readonly outcome: number };

function coversOf(track: Track, coversMs: number): readonly Cover[] {
  const order = track.at.map((_, index) => index);
  order.sort((a, b) => (track.at[a] ?? 0) - (track.at[b] ?? 0) || a - b);
  const covers: Cover[] = [];
  // From the last to the first: observations of one instant are in force together until the next instant.
  let next = Number.POSITIVE_INFINITY;
  let nextDistinct = Number.POSITIVE_INFINITY;
  for (const index of order.toReversed()) {
    const start = track.at[index] ?? 0;
    if (start !== next) nextDistinct = next;
    next = start;
    covers.push({
      start,
      end: Math.min(nextDistinct, start + coversMs),
      outcome: track.outcome[index] ?? 0,
    });
  }
  return covers.reverse();
}

function reportTrack(
  plan: ActivityPlan<StateActivity>,
  track: Track,
  outcomes: readonly (readonly AttributeResult[])[],
  coversMs: number,
  gaps: readonly SourceGap[],
  frame: Frame,
  report: Report,
): void {
  const covers = coversOf(track, coversMs);
  const owedFrom = Math.max(track.since, plan.interval.start);
  let first = 0;
  for (const day of frame.days()) {
    // A day that is still running is judged when it is over.
    if (day.end <= owedFrom || day.end > plan.interval.end || day.end > frame.asOf) continue;
    const from = Math.max(day.start, owedFrom);
    while (first < covers.length && (covers[first]?.end ?? 0) <= from) first++;
    const inForce = new Set<number>();
    let uncovered: { readonly start: EpochMs; readonly end: EpochMs } | undefined;
    let coveredTo = from;
    for (let index = first; index < covers.length; index++) {
      const cover = covers[index];
      if (cover === undefined || cover.start >= day.end) break;
      if (cover.end <= from) continue;
      if (cover.start > coveredTo) uncovered ??= { start: coveredTo, end: cover.start };
      coveredTo = Math.max(coveredTo, cover.end);
      inForce.add(cover.outcome);
    }
    if (coveredTo < day.end) uncovered ??= { start: coveredTo, end: day.end };
    reportDay(plan, track, day, from, resultsInForce(inForce, outcomes), uncovered, gaps, report);
  }
}

function resultsInForce(
  inForce: ReadonlySet<number>,
  outcomes: readonly (readonly AttributeResult[])[],
): readonly (readonly AttributeResult[])[] {
  return [...inForce].map((outcome) => outcomes[outcome] ?? []);
}

function reportDay(
  plan: ActivityPlan<StateActivity>,
  track: Track,
  day: Day,
  from: EpochMs,
  inForce: readonly (readonly AttributeResult[])[],
  uncovered: { readonly start: EpochMs; readonly end: EpochMs } | undefined,
  gaps: readonly SourceGap[],
  report: Report,
): void {
  const hole = uncovered === undefined ? undefined : holeOf(uncovered, gaps);
  const results =
    hole === undefined && inForce.every((each) => each === plan.allOperated)
      ? plan.allOperated
      : plan.attributes.map((_, index) => worst(inForce, index, hole));
  const judged = stateOf(results);
  const state = judged === "operated" && hole !== undefined ? "unknown" : judged;
  const id = `${track.resource} ${track.setting}/${day.date}`;
  report.add(plan, {
    control: plan.control.id,
    version: plan.control.version,
    activity: plan.activity.id,
    id,
    at: formatInstant(from),
    week: day.week,
    ...(notApplicableResults(plan, id, state) ?? {
      state,
      attributes: results,
      ...(hole !== undefined && { detail: hole.detail }),
    }),
    title: track.resource,
  });
}

/** Deviated if any observation in force fails, else unknown if any is or a part is uncovered, else operated. */
function worst(
  inForce: readonly (readonly AttributeResult[])[],
  index: number,
  hole: AttributeResult | undefined,
): AttributeResult {
  const results = inForce.flatMap((each) => each[index] ?? []);
  return (
    results.find((result) => result.state === "deviated") ??
    results.find((result) => result.state === "unknown") ??
    hole ??
    OPERATED
  );
}

function holeOf(
  uncovered: { readonly start: EpochMs; readonly end: EpochMs },
  gaps: readonly SourceGap[],
): Extract<AttributeResult, { state: "unknown" }> {
  const gap = gaps.find((each) => each.start < uncovered.end && each.end > uncovered.start);
  return gap === undefined
    ? { state: "unknown", reason: "not-collected", detail: "no observation covers a part of the day" }
    : { state: "unknown", reason: "source-failed", detail: `no observation: ${gap.reason}` };
}
