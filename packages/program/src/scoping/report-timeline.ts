/** From the day on which a customer needs the report back to the days by which things must begin and end. */
import { addDays, addMonths, dayNumber, type LocalDate } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import type { Program } from "../model.ts";
import { allOn } from "../system/dated.ts";
import type { ReportNeed } from "../system/model.ts";
import { noSystem } from "../system/read-system.ts";
import { SHORTEST_MONTHS, windowWarnings } from "../window-warnings.ts";

/** A window with what would not be tested in it. */
export type WindowThatFits = Pick<WindowBody, "from" | "through"> & { readonly cannotFit: readonly string[] };

export type ReportTimeline = {
  readonly need: ReportNeed & { readonly id: string };
  /** Days that are left; negative where the day is past. */
  readonly daysLeft: number;
  /**
   * The last day that a window can have, or as of which a Type I can speak, so that the report is there in time. Absent: how long
   * the fieldwork takes is not said.
   */
  readonly latestEnd?: LocalDate;
  /** Type II: the shortest window that is usually accepted, at its latest. Three months are practice; no standard sets a length. */
  readonly shortest?: WindowThatFits & {
    /** Whether it would have begun before today, so that it holds only what was recorded since. */
    readonly hasBegun: boolean;
  };
  /** Type II: the program's own window, and the first day on which its report can be there. */
  readonly own?: WindowThatFits & { readonly reportOn?: LocalDate; readonly lateByDays?: number };
  /** A Type I speaks of design on one day, and of no operation. */
  readonly typeOne: {
    readonly role: "needed" | "milestone" | "possible-instead" | "not-planned";
    readonly asOfAtLatest?: LocalDate;
  };
};

/** One for each report that is needed on the day; none where the program names none. */
export function reportTimelines(program: Program, today: LocalDate): readonly ReportTimeline[] {
  return allOn((program.system ?? noSystem).reportNeeds, today)
    .toSorted((a, b) => (a.by === b.by ? (a.id < b.id ? -1 : 1) : a.by < b.by ? -1 : 1))
    .map((need) => timelineOf(program, need, today));
}

function timelineOf(program: Program, need: ReportTimeline["need"], today: LocalDate): ReportTimeline {
  const { fieldworkDays } = need;
  const latestEnd = fieldworkDays === undefined ? undefined : addDays(need.by, -fieldworkDays);
  const common = {
    need,
    daysLeft: dayNumber(need.by) - dayNumber(today),
    ...(latestEnd !== undefined && { latestEnd }),
  };
  const asOf = latestEnd !== undefined && { asOfAtLatest: latestEnd };
  if (need.type === "type-1") return { ...common, typeOne: { role: "needed", ...asOf } };
  const shortest = latestEnd === undefined ? undefined : shortestWindow(program, latestEnd, today);
  const own = ownWindow(program, need);
  const isInTime = own.lateByDays === undefined;
  return {
    ...common,
    ...(shortest && { shortest }),
    own,
    typeOne:
      need.typeOneFirst === true
        ? // As a milestone it shows the design with which the window begins.
          { role: "milestone", asOfAtLatest: program.window.from }
        : !isInTime && shortest?.hasBegun === true && latestEnd !== undefined && latestEnd >= today
          ? { role: "possible-instead", asOfAtLatest: latestEnd }
          : { role: "not-planned" },
  };
}

function shortestWindow(
  program: Program,
  through: LocalDate,
  today: LocalDate,
): NonNullable<ReportTimeline["shortest"]> {
  const from = addMonths(addDays(through, 1), -SHORTEST_MONTHS);
  return { from, through, hasBegun: from < today, cannotFit: cannotFit(program, { from, through }) };
}

function ownWindow(program: Program, { by, fieldworkDays }: ReportNeed): NonNullable<ReportTimeline["own"]> {
  const { from, through } = program.window;
  const reportOn = fieldworkDays === undefined ? undefined : addDays(through, fieldworkDays);
  // Even without any fieldwork it would be late.
  const earliest = reportOn ?? through;
  return {
    from,
    through,
    cannotFit: cannotFit(program, { from, through }),
    ...(reportOn !== undefined && { reportOn }),
    ...(earliest > by && { lateByDays: dayNumber(earliest) - dayNumber(by) }),
  };
}

/** Periodic activities without a period in it, controls too young, criteria that nothing answers for a part of it. */
function cannotFit(program: Program, window: Pick<WindowBody, "from" | "through">): readonly string[] {
  return windowWarnings({ ...program, window: { ...program.window, ...window } });
}
