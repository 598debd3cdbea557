/** Management's assessment: from program and records to occurrences, results and counts, one population line at a time. */
import type { ItemLine } from "@countersign/records";
import { createFrame, type Frame } from "./frame.ts";
import { gapsStarving } from "./gaps.ts";
import type { Assessor, AssessmentInput } from "./input.ts";
import type { Occurrence, PopulationInput, PopulationUse } from "./model.ts";
import { assessPeriodic } from "./periodic.ts";
import { createPerItemFeed, type PerItemFeed } from "./per-item.ts";
import {
  activityKey,
  isPeriodic,
  isPerItem,
  isState,
  planControls,
  type ActivityPlan,
  type ControlPlan,
} from "./plan.ts";
import { WindowReport, type Report } from "./report.ts";
import { createStateFeed, type StateFeed } from "./state.ts";
import { summarize } from "./summary.ts";
import { WalkthroughReport } from "./walkthrough.ts";

const NONE: readonly Occurrence[] = Object.freeze([]);

type PopulationFeed = {
  readonly input: PopulationInput;
  readonly perItem: PerItemFeed | undefined;
  readonly state: readonly StateFeed[];
};

/**
 * The same input and the same lines in the same order give the same occurrences and the same summary, byte for byte.
 * Held in memory: counts by week, every deviation, distinct reasons of unknowns (at most 1,000 an attribute), and two
 * numbers per observation of a setting; never the items.
 * @throws TypeError when the program is not one that was checked (a window that is none, an unknown item kind), or when
 *   two populations of one kind are given
 */
export function createAssessor(input: AssessmentInput): Assessor {
  const frame = createFrame(input.program.window, input.asOf);
  const controls = planControls(input, frame);
  const plans = controls.flatMap((control) => control.versions.flatMap((version) => version.activities));
  const isWindow = input.mode === "window";
  const windowReport = new WindowReport();
  const walkthrough = new WalkthroughReport(frame);
  const report: Report = isWindow ? windowReport : walkthrough;
  const feeds = createFeeds(input, plans, frame, report);

  return {
    feed(population, line) {
      const feed = feeds.get(population);
      if (feed === undefined) throw new TypeError(`no population ${population} in this assessment`);
      return feedLine(feed, line, isWindow);
    },
    finish(emit) {
      const occurrences: Occurrence[] = [];
      const take = emit ?? ((occurrence: Occurrence) => void occurrences.push(occurrence));
      if (isWindow) windowReport.emit = take;
      const warnings = [
        ...assessEachPeriodic(controls, input, frame, report),
        ...[...feeds.values()].flatMap((feed) => finishStates(feed)),
      ];
      const walkthroughs = isWindow ? [] : walkthrough.walkthroughs(controls);
      for (const { instance } of walkthroughs) if (instance !== undefined) take(instance);
      const populations = [...feeds.values()].map((feed) => useOf(feed, isWindow));
      const { found } = windowReport;
      return {
        occurrences,
        summary: summarize(input, frame, { controls, found, populations, warnings, walkthroughs }),
      };
    },
  };
}

function createFeeds(
  input: AssessmentInput,
  plans: readonly ActivityPlan[],
  frame: Frame,
  report: Report,
): ReadonlyMap<string, PopulationFeed> {
  const feeds = new Map<string, PopulationFeed>();
  const kinds = new Set<string>();
  for (const population of input.populations) {
    const { kind, record } = population.use;
    if (kinds.has(kind)) throw new TypeError(`two populations of the kind ${kind} in one assessment`);
    kinds.add(kind);
    const ofKind = plans.filter((plan) => plan.population === population);
    const perItem = ofKind.filter(isPerItem);
    const itemKind = perItem[0]?.kind;
    const gaps = gapsStarving(population, input);
    feeds.set(record, {
      input: population,
      perItem: itemKind === undefined ? undefined : createPerItemFeed(itemKind, perItem, frame, report),
      state: ofKind.filter(isState).map((plan) => createStateFeed(plan, gaps, frame, report)),
    });
  }
  return feeds;
}

function feedLine(feed: PopulationFeed, line: ItemLine, isWindow: boolean): readonly Occurrence[] {
  for (const state of feed.state) state.feed(line);
  if (feed.perItem === undefined) return NONE;
  const occurrences: Occurrence[] = [];
  feed.perItem.feed(line, occurrences);
  return isWindow ? occurrences : NONE;
}

/** Performances name an activity and no version, so all versions of an activity are matched together. */
function assessEachPeriodic(
  controls: readonly ControlPlan[],
  input: AssessmentInput,
  frame: Frame,
  report: Report,
): readonly string[] {
  const performances = Map.groupBy(input.performances, (each) => activityKey(each.control, each.activity));
  return controls.flatMap((control) => {
    const plans = control.versions.flatMap((version) => version.activities.filter(isPeriodic));
    return [...Map.groupBy(plans, (plan) => activityKey(control.id, plan.activity.id))].flatMap(
      ([key, versions]) => assessPeriodic(versions, performances.get(key) ?? [], input, frame, report),
    );
  });
}

function finishStates(feed: PopulationFeed): readonly string[] {
  const erased = Math.max(0, ...feed.state.map((state) => state.finish().erased));
  if (erased === 0) return [];
  const { source } = feed.input.use;
  return [
    `${erased} observations of ${source} were erased; the days that they covered read as covered by no observation.`,
  ];
}

function useOf(feed: PopulationFeed, isWindow: boolean): PopulationUse {
  const outside = feed.perItem?.finish().outside ?? [];
  const { use } = feed.input;
  return isWindow && outside.length > 0 ? { ...use, outside } : use;
}
